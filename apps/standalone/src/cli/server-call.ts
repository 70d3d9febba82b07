import { CliError, misuse, WRONG_USE } from './cli-error.js';

/** Which server, and as whom. */
export interface ServerOptions {
  readonly url: string;
  readonly key?: string;
  readonly tenant?: string;
}

export const DEFAULT_URL = 'http://127.0.0.1:7400';
const ANSWER_MS = 30_000;

type Query = Readonly<Record<string, string | number | undefined>>;
type Headers = Readonly<Record<string, string>>;
interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly field?: string;
}

/** Calls of the HTTP API. What is refused is thrown as `CliError`, in the server's words. */
export class ServerCall {
  readonly base: URL;

  constructor(private readonly options: ServerOptions) {
    const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
    if (!url || !/^https?:$/.test(url.protocol))
      throw misuse('--url', `${options.url} is no http address; write for example ${DEFAULT_URL}`);
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    this.base = url;
  }

  get<T>(path: string, query?: Query): Promise<T> {
    return this.call<T>('GET', path, undefined, query);
  }

  async call<T>(method: string, path: string, body?: unknown, query?: Query, headers?: Headers): Promise<T> {
    const answer = await this.answerTo(method, path, body, query, headers);
    const text = await answer.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** For answers that are no JSON, or long. */
  async answerTo(
    method: string,
    path: string,
    body?: unknown,
    query: Query = {},
    headers: Headers = {},
  ): Promise<Response> {
    const { key, tenant } = this.options;
    if (key === undefined || key === '')
      throw misuse('--key', 'is missing; give it, or set PUSH_KEY to a key that the server printed at its first start');
    const url = new URL(path.replace(/^\//, ''), this.base);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const answer = await fetch(url, {
      method,
      headers: {
        Authorization: `Bearer ${key}`,
        ...(tenant === undefined ? {} : { 'X-Tenant': tenant }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch((error: unknown) => {
      throw this.noAnswer(error);
    });
    if (answer.ok) return answer;
    throw refused(answer.status, (await answer.json().catch(() => ({}))) as Problem);
  }

  private noAnswer(error: unknown): CliError {
    const { cause, message } = error as { cause?: { code?: string; message?: string }; message?: string };
    const why = cause?.code ?? cause?.message ?? message ?? 'no answer';
    return new CliError(
      `--url: no answer from ${this.base.origin} (${why}); start the server, or correct the address (PUSH_URL)`,
      undefined,
      { code: 'NO_ANSWER', field: '--url' },
    );
  }
}

/** A part of a path that may hold anything. */
export const segment = (value: string): string => encodeURIComponent(value);

function refused(status: number, { code, title, detail, field }: Problem): CliError {
  const about = { code: code ?? `HTTP_${status}`, field, status };
  const said = detail ?? title ?? `status ${status}`;
  switch (status) {
    case 401:
      return new CliError(`--key: ${said}; give a key that is good on this server (PUSH_KEY)`, undefined, about);
    case 403:
      return new CliError(`--key: ${said}; it takes a key with more rights`, undefined, about);
    case 404:
      return new CliError(`${said} (or it is another tenant's: --tenant names one)`, undefined, about);
    default:
      return new CliError(`${field ? `${field}: ` : ''}${said}`, status === 400 ? WRONG_USE : undefined, about);
  }
}
