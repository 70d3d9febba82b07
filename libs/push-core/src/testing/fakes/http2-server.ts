import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  constants,
  createSecureServer,
  createServer as createHttp2,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { selfSignedCertificate } from './certificate.js';
import { misbehave, type Exchange } from './misbehave.js';
import { MisbehaviourScript, type Misbehaviour } from './misbehaviour.js';

export interface RecordedRequest {
  readonly protocol: 'h1' | 'h2';
  /** Counts the connections from 1. */
  readonly connection: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Unix milliseconds. */
  readonly at: number;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes out as JSON. */
  readonly body?: string | object;
}

/** What every fake provider is to a test. */
export interface FakeServer {
  /** `http://localhost:port` or `https://localhost:port`, without a path. */
  readonly url: string;
  /** Whatever arrived, misbehaved with or not, in the order of arrival: the last 10,000. */
  readonly requests: readonly RecordedRequest[];
  /** The next `times` requests (default 1) get this; what is planned already comes first. */
  misbehave(next: Misbehaviour, times?: number): void;
  close(): Promise<void>;
}

export interface FakeServerOptions {
  /** What the real one would do with the request. */
  readonly answer: (request: RecordedRequest) => Answer | Promise<Answer>;
  /** What `expired_key` answers. Default: 401 without a body. */
  readonly expiredKey?: (request: RecordedRequest) => Answer;
  /** TLS with a certificate made on the spot (see `ca`). Default: cleartext, HTTP/1.1 and HTTP/2 with prior knowledge on one port. */
  readonly tls?: boolean;
  /** With `tls`: what is offered by ALPN. Default: both. */
  readonly offers?: 'h2' | 'h1' | 'both';
  /** SETTINGS_MAX_CONCURRENT_STREAMS. Default 100; a test can change it later with `setMaxStreams`. */
  readonly maxStreams?: number;
  /** HTTP/2: so many streams on a new connection, and `maxStreams` once a request on it was answered with 200. */
  readonly firstStreams?: number;
  /** Default: a free one. */
  readonly port?: number;
}

const KEPT = 10_000;

/** What fakes of providers stand on: records, answers, and misbehaves when told to. */
export class FakeHttpServer implements FakeServer {
  readonly requests: RecordedRequest[] = [];
  /** All requests ever. */
  requestCount = 0;
  /** All connections ever. */
  connectionCount = 0;
  /** The certificate to trust; empty in cleartext. */
  readonly ca: string;
  private readonly script = new MisbehaviourScript();
  private readonly sockets = new Map<Socket, number>();
  private readonly sessions = new Set<ServerHttp2Session>();
  /** Of `sessions`, those that had a request answered with 200. */
  private readonly trusted = new WeakSet<object>();
  private readonly server: Server;
  private readonly timers = new Set<NodeJS.Timeout>();
  private maxStreams: number;
  private over = false;

  constructor(private readonly options: FakeServerOptions) {
    this.maxStreams = options.maxStreams ?? 100;
    const certificate = options.tls ? selfSignedCertificate() : undefined;
    this.ca = certificate?.cert ?? '';
    this.server = certificate ? this.secure(certificate) : this.plain();
    this.server.on('connection', (socket: Socket) => this.meet(socket));
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http${this.options.tls ? 's' : ''}://localhost:${port}`;
  }

  /** Connections open now. */
  get connections(): number {
    return this.sockets.size;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      // Both families: `localhost` is ::1 on one machine and 127.0.0.1 on the next.
      this.server.listen(this.options.port ?? 0, () => resolve());
    });
    return this;
  }

  misbehave(next: Misbehaviour, times = 1): void {
    this.script.add(next, times);
  }

  /** What is planned is forgotten. */
  behave(): void {
    this.script.clear();
  }

  /** Told to connections open now, and to later ones. */
  setMaxStreams(count: number): void {
    this.maxStreams = count;
    for (const session of this.sessions) session.settings({ maxConcurrentStreams: count });
  }

  /** GOAWAY on every connection, after whatever was taken. Resolves when the clients have it, or are gone. */
  async goaway(reason?: string, code: number = constants.NGHTTP2_NO_ERROR): Promise<void> {
    const data = reason === undefined ? undefined : Buffer.from(JSON.stringify({ reason }));
    const known = [...this.sessions].map(
      (session) =>
        new Promise<void>((resolve) => {
          session.once('close', resolve);
          session.goaway(code, 0x7fffffff, data);
          session.ping(() => resolve());
          session.close();
        }),
    );
    await Promise.all(known);
  }

  /** Tears every connection down, without a word. */
  cut(): void {
    for (const socket of this.sockets.keys()) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.cut();
    if (this.over) return;
    this.over = true;
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private secure(certificate: { key: string; cert: string }): Server {
    const offers = this.options.offers ?? 'both';
    if (offers === 'h1') return this.serve(createHttps(certificate));
    const server = createSecureServer({
      ...certificate,
      allowHTTP1: offers === 'both',
      settings: { maxConcurrentStreams: this.options.firstStreams ?? this.maxStreams },
    });
    return this.serve(server);
  }

  /** One port for both protocols: an HTTP/2 connection begins with a line of its own. */
  private plain(): Server {
    const h1 = this.serve(createHttp1());
    const h2 = this.serve(
      createHttp2({ settings: { maxConcurrentStreams: this.options.firstStreams ?? this.maxStreams } }),
    );
    return createTcp((socket) => {
      socket.once('readable', () => {
        const start = socket.read() as Buffer | null;
        if (!start) return;
        socket.unshift(start);
        (start.subarray(0, 3).toString('latin1') === 'PRI' ? h2 : h1).emit('connection', socket);
      });
    });
  }

  private serve<T extends Server>(server: T): T {
    server.on('session', (session: ServerHttp2Session) => {
      this.sessions.add(session);
      session.settings({ maxConcurrentStreams: this.options.firstStreams ?? this.maxStreams });
      session.on('close', () => this.sessions.delete(session));
      session.on('error', () => {});
    });
    server.on('request', (request: IncomingMessage | Http2ServerRequest, response) => {
      void this.take(request, response as ServerResponse | Http2ServerResponse);
    });
    return server;
  }

  private meet(socket: Socket): void {
    this.sockets.set(socket, ++this.connectionCount);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
  }

  private async take(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): Promise<void> {
    request.on('error', () => {});
    response.on('error', () => {});
    const what = this.script.next();
    const exchange: Exchange = {
      response,
      after: (ms, run) => void this.timers.add(setTimeout(run, ms)),
      answer: (answer) => {
        send(response, answer);
        if (answer.status === 200) this.trust(response);
      },
    };
    if (what?.kind === 'refuse_stream' || (what?.kind === 'goaway' && what.request === 'unprocessed')) {
      misbehave(what, exchange);
      return;
    }
    const recorded = await this.record(request);
    if (!recorded) return;
    if (what === undefined) return exchange.answer(await this.options.answer(recorded));
    if (what.kind === 'expired_key') {
      return exchange.answer(this.options.expiredKey?.(recorded) ?? { status: 401 });
    }
    if (what.kind === 'late') {
      return exchange.after(what.ms, () => void this.answerLate(recorded, exchange));
    }
    if (what.kind === 'stall_after_work') return void (await this.options.answer(recorded));
    if (what.kind === 'goaway') {
      const answer = await this.options.answer(recorded);
      misbehave(what, exchange);
      if (what.request === 'processed') exchange.answer(answer);
      return;
    }
    misbehave(what, exchange);
  }

  private trust(response: ServerResponse | Http2ServerResponse): void {
    const session = 'stream' in response ? response.stream.session : undefined;
    if (this.options.firstStreams === undefined || !session || this.trusted.has(session)) return;
    this.trusted.add(session);
    session.settings({ maxConcurrentStreams: this.maxStreams });
  }

  private async answerLate(recorded: RecordedRequest, exchange: Exchange): Promise<void> {
    exchange.answer(await this.options.answer(recorded));
  }

  /** undefined: the caller went away in the middle of it. */
  private async record(request: IncomingMessage | Http2ServerRequest): Promise<RecordedRequest | undefined> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return undefined;
    }
    const socket = 'stream' in request ? request.stream.session?.socket : request.socket;
    const recorded: RecordedRequest = {
      protocol: request.httpVersionMajor === 2 ? 'h2' : 'h1',
      connection: this.connectionOf(socket),
      method: request.method ?? '',
      path: request.url ?? '',
      headers: plainHeaders(request.headers),
      body: Buffer.concat(chunks),
      at: Date.now(),
    };
    this.requestCount++;
    this.requests.push(recorded);
    if (this.requests.length > KEPT) this.requests.shift();
    return recorded;
  }

  /** A TLS socket, and the stand-in that an HTTP/2 session hands out, are not the socket that was accepted: its port is the same. */
  private connectionOf(socket: Socket | undefined): number {
    for (const [own, number] of this.sockets) if (own.remotePort === socket?.remotePort) return number;
    return 0;
  }
}

function plainHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || name.startsWith(':') ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function send(response: ServerResponse | Http2ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed || response.writableEnded) return;
  const text = typeof body === 'object' ? JSON.stringify(body) : (body ?? '');
  response.statusCode = status;
  if (typeof body === 'object') response.setHeader('content-type', 'application/json');
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  response.end(text);
}
