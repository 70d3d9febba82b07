/** The server cannot start for a reason the operator can mend; the message names the variable. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
}

const codeOf = (error: unknown): string => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
};
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The variables that set an address to listen on. */
interface ListenVariables {
  readonly host: string;
  readonly port: string;
}
const HTTP: ListenVariables = { host: 'PUSH_HOST', port: 'PUSH_PORT' };
export const MQTT: ListenVariables = { host: 'PUSH_MQTT_HOST', port: 'PUSH_MQTT_PORT' };

export function cannotListen(error: unknown, host: string, port: number, variables = HTTP): Error {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartFailed(
        `${variables.port}: port ${port} on ${host} is in use; end what uses it, or set ${variables.port} to another one`,
      );
    case 'EACCES':
      return new StartFailed(
        `${variables.port}: this user may not listen on port ${port}; set ${variables.port} to one above 1023`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartFailed(
        `${variables.host}: this machine has no address ${host}; set ${variables.host} to one it has, for example 127.0.0.1`,
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
