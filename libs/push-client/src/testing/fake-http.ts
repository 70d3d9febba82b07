import type { Fetch, HttpAnswer, HttpRequest } from '../fallback/http-door.js';
import { settled } from './manual-clock.js';

const encoder = new TextEncoder();

/** The server's side of one request. */
export class FakeRequest {
  readonly url: URL;
  isAborted = false;
  isAnswered = false;
  private readonly chunks: Uint8Array[] = [];
  private isEnded = false;
  private failure: unknown;
  private wake: () => void = () => undefined;
  readonly answered: Promise<HttpAnswer>;
  private settle!: { resolve: (answer: HttpAnswer) => void; reject: (error: unknown) => void };

  constructor(
    url: string,
    readonly request: HttpRequest,
  ) {
    this.url = new URL(url);
    this.answered = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    request.signal?.addEventListener('abort', () => {
      this.isAborted = true;
      this.fail(new Error('aborted'));
    });
  }

  /** `GET sse`, … */
  get name(): string {
    return `${this.request.method} ${this.url.pathname.split('/').at(-1)}`;
  }

  get body(): unknown {
    return this.request.body === undefined ? undefined : (JSON.parse(this.request.body) as unknown);
  }

  get query(): Record<string, string> {
    return Object.fromEntries(this.url.searchParams);
  }

  /** Status and headers; the body follows. */
  head(status = 200, headers: Record<string, string> = {}): void {
    this.isAnswered = true;
    this.settle.resolve({
      ok: status >= 200 && status < 300,
      status,
      headers: { get: (name) => headers[name] ?? null },
      body: { getReader: () => ({ read: () => this.read(), cancel: async () => void (this.isAborted = true) }) },
    });
  }

  write(text: string | Uint8Array): void {
    this.chunks.push(typeof text === 'string' ? encoder.encode(text) : text);
    this.wake();
  }

  end(): void {
    this.isEnded = true;
    this.wake();
  }

  fail(error: unknown = new TypeError('fetch failed')): void {
    this.failure ??= error;
    this.settle.reject(error);
    this.wake();
  }

  /** A whole answer; resolves when the client has had it. */
  async answer(body: unknown, status = 200, headers?: Record<string, string>): Promise<void> {
    this.head(status, headers);
    if (body !== undefined) this.write(typeof body === 'string' ? body : JSON.stringify(body));
    this.end();
    await settled();
  }

  problem(status: number, code: string, headers?: Record<string, string>): Promise<void> {
    return this.answer({ code, detail: `no: ${code}`, status }, status, headers);
  }

  /** As server-sent events; resolves when the client has had them. */
  async say(...frames: object[]): Promise<void> {
    this.write(
      frames
        .map((frame) => `id: c1\nevent: ${(frame as { op: string }).op}\ndata: ${JSON.stringify(frame)}\n\n`)
        .join(''),
    );
    await settled();
  }

  private async read(): Promise<{ done: boolean; value?: Uint8Array }> {
    for (;;) {
      const value = this.chunks.shift();
      if (value !== undefined) return { done: false, value };
      if (this.failure !== undefined) throw this.failure as Error;
      if (this.isEnded) return { done: true };
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

export class FakeHttp {
  readonly requests: FakeRequest[] = [];

  readonly fetch: Fetch = (url, request) => {
    const made = new FakeRequest(url, request);
    this.requests.push(made);
    return made.answered;
  };

  of(name: string): FakeRequest[] {
    return this.requests.filter((request) => request.name === name);
  }

  last(name: string): FakeRequest {
    const request = this.of(name).at(-1);
    if (request === undefined) throw new Error(`no ${name}; there were ${this.requests.map((one) => one.name).join()}`);
    return request;
  }
}
