/** The server cannot start for a reason the operator can mend; the message names the variable. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
}

const codeOf = (error: unknown): string => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
};
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function cannotListen(error: unknown, host: string, port: number): Error {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartFailed(
        `PUSH_PORT: port ${port} on ${host} is in use; end what uses it, or set PUSH_PORT to another one`,
      );
    case 'EACCES':
      return new StartFailed(`PUSH_PORT: this user may not listen on port ${port}; set PUSH_PORT to one above 1023`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartFailed(
        `PUSH_HOST: this machine has no address ${host}; set PUSH_HOST to one it has, for example 127.0.0.1`,
      );
    default:
      return error instanceof Error ? error : new Error(textOf(error));
  }
}

export function cannotOpen(error: unknown, path: string): Error {
  const cause = (error as { cause?: unknown }).cause;
  const reason = cause instanceof Error ? `${textOf(error)} (${cause.message})` : textOf(error);
  return new StartFailed(
    `PUSH_DATABASE_URL: cannot open ${path}: ${reason.replaceAll('\n', ' ')}; give a file this user may write`,
  );
}
