import { lineFetch } from '../lab/network';
import { session } from '../state/session';

const ANSWER_WAIT_MS = 10_000;

/** The server has answered, and it is no. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Nobody knows whether the server has heard: no network, no answer in time, or one that says "later". */
export class Unreachable extends Error {}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Rejects with `Refused` or `Unreachable`. A 401 ends the session, except where there was none. */
export async function request<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const token = session.value?.token;
  let answer: Response;
  let text: string;
  try {
    answer = await lineFetch(`/api/${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WAIT_MS),
    });
    text = await answer.text();
  } catch (error) {
    throw new Unreachable('no answer', { cause: error });
  }
  if (answer.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  const message = messageIn(text) ?? `HTTP ${answer.status}`;
  if (answer.status === 429 || answer.status >= 500) throw new Unreachable(message);
  if (answer.status === 401 && token !== undefined && token === session.value?.token) session.value = undefined;
  throw new Refused(answer.status, message);
}

/** Of Nest's own errors (`message`, at times a list) and of problem documents (`detail`, `title`). */
function messageIn(text: string): string | undefined {
  try {
    const { message, detail, title } = JSON.parse(text) as Record<string, unknown>;
    if (Array.isArray(message)) return message.join(', ');
    return [message, detail, title].find((one): one is string => typeof one === 'string' && one !== '');
  } catch {
    return undefined;
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
