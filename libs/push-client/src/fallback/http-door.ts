import type { LinkEnd } from '../close-plan.js';

/** The slice of `fetch` this SDK uses. */
export type Fetch = (url: string, request: HttpRequest) => Promise<HttpAnswer>;
export interface HttpRequest {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  cache: 'no-store';
  signal?: AbortSignal;
}
export interface HttpAnswer {
  ok: boolean;
  status: number;
  headers: { get(name: string): string | null };
  body: { getReader(): HttpBody } | null;
}
export interface HttpBody {
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(): Promise<void>;
}

/** A problem document has a few hundred. */
const LONGEST_PROBLEM_CHARS = 16 * 1024;

/** Close codes that say the same as these problems. */
const CLOSE_CODES: Record<string, number> = {
  UNAUTHORIZED: 3500,
  NOT_ALLOWED: 3500,
  TOKEN_EXPIRED: 3501,
  REVOKED: 3502,
  REFUSED: 3502,
};

/** The answer was not the one hoped for. `code`: what the server says, where it was the server and not a proxy. */
export class Refusal extends Error {
  constructor(
    readonly end: LinkEnd,
    readonly isRetryable: boolean,
    readonly code: string | undefined,
  ) {
    super(end.reason);
  }
}

/** The server's HTTP routes beside its WebSocket, for one device with one token. */
export class HttpDoor {
  private token = '';
  private device = '';

  constructor(
    /** `https://host/v1/` */
    private readonly base: string,
    private readonly fetch: Fetch,
    private readonly random: () => number,
  ) {}

  enter({ token, device }: { token: string; device: string }): void {
    this.token = token;
    this.device = device;
  }

  /** Resolves with the head of a good answer; rejects with a `Refusal`, or with what `fetch` rejects with. */
  get(path: string, query: readonly [string, string][], signal: AbortSignal): Promise<HttpAnswer> {
    return this.call({ method: 'GET', signal }, path, query);
  }

  async post(path: string, body: object): Promise<void> {
    const answer = await this.call({ method: 'POST', body: JSON.stringify(body) }, path);
    // Nothing of interest in it, but unread it would keep the connection from being used again.
    await readText(answer, LONGEST_PROBLEM_CHARS);
  }

  private async call(
    request: Pick<HttpRequest, 'method' | 'body' | 'signal'>,
    path: string,
    query: readonly [string, string][] = [],
  ): Promise<HttpAnswer> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.token}` };
    if (request.body !== undefined) headers['Content-Type'] = 'application/json';
    const search = new URLSearchParams([['device', this.device], ...query]).toString();
    const answer = await this.fetch(`${this.base}${path}?${search}`, { ...request, headers, cache: 'no-store' });
    if (!answer.ok) throw await refusalOf(answer, this.random);
    return answer;
  }
}

/** What a request that failed means for the link. */
export function endOf(error: unknown): LinkEnd {
  return error instanceof Refusal ? error.end : { code: 1006, reason: String(error) };
}

/** Hands out the text as it comes, until `take` has enough; reads no further while it thinks. Resolves when nothing more comes. */
export async function readBody(
  { body }: HttpAnswer,
  take: (text: string) => boolean | Promise<boolean>,
): Promise<void> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) return;
    if (await take(decoder.decode(value, { stream: true }))) continue;
    // Closes the connection where there is more on the way.
    void reader.cancel().catch(() => undefined);
    return;
  }
}

/** The whole body, or as much of it as has room. */
export async function readText(answer: HttpAnswer, mostChars: number): Promise<string> {
  let text = '';
  await readBody(answer, (part) => (text += part).length < mostChars);
  return text;
}

async function refusalOf(answer: HttpAnswer, random: () => number): Promise<Refusal> {
  const { code, detail } = problemIn(await readText(answer, LONGEST_PROBLEM_CHARS));
  const reason = typeof detail === 'string' ? detail : `HTTP status ${answer.status}`;
  const end: LinkEnd = { code: 1006, reason };
  const isRetryable = answer.status === 429 || answer.status >= 500;
  if (typeof code !== 'string') return new Refusal(end, isRetryable, undefined);
  if (Object.hasOwn(CLOSE_CODES, code)) end.code = CLOSE_CODES[code] as number;
  else if (isRetryable) {
    // Too much at once, or draining: the server speaks, so this transport does get through. What it asks for is the same
    // for everybody (`afterMs` of a `bye` is not), so they are spread here.
    const afterMs = Number(answer.headers.get('Retry-After')) * 1000 * (1 + random()) || undefined;
    end.code = 3004;
    end.bye = { op: 'bye', code: 3004, reconnect: true, afterMs };
  }
  return new Refusal(end, isRetryable, code);
}

function problemIn(text: string): { code?: unknown; detail?: unknown } {
  try {
    return (JSON.parse(text) as { code?: unknown } | null) ?? {};
  } catch {
    return {};
  }
}
