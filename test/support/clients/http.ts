import { request, type ClientRequest, type IncomingMessage } from 'node:http';

export interface HttpCall {
  readonly port: number;
  readonly method?: string;
  readonly path: string;
  readonly token: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  answered(response: IncomingMessage): void;
  /** The connection ended before there was an answer. */
  failed(): void;
}

/** On a connection of its own: one that hangs holds up no other. */
export function call({ port, method = 'GET', path, token, headers, body, answered, failed }: HttpCall): ClientRequest {
  let isAnswered = false;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const one = request(
    {
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      headers: {
        authorization: `Bearer ${token}`,
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...headers,
      },
    },
    (response) => {
      isAnswered = true;
      response.on('error', () => undefined);
      answered(response);
    },
  );
  one.on('error', () => undefined);
  one.on('close', () => {
    if (!isAnswered) failed();
  });
  one.end(text);
  return one;
}

/** What a refusal says about coming back. */
export async function refusal(response: IncomingMessage): Promise<{ code: number; afterMs?: number; final: boolean }> {
  const body = await textOf(response);
  const { retryable = true, retryAfterMs } = parsed(body) as { retryable?: boolean; retryAfterMs?: number };
  return { code: response.statusCode ?? 0, afterMs: retryAfterMs, final: !retryable };
}

export async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk as string;
  return text;
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    return {};
  }
}
