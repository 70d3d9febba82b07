import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What a network in between does to HTTP. Nothing, by default. */
export interface ProxyRules {
  /** `refuse`: upgrades are answered 403; `swallow`: they are answered never. */
  upgrades?: 'refuse' | 'swallow';
  /** `buffer`: an event stream is held back until it ends; `headers`: only its head gets through. */
  streams?: 'buffer' | 'headers';
  /** Requests whose path begins so are answered 502 by the proxy itself. */
  broken?: readonly string[];
  /** Each connection is cut when so many bytes of answers have passed; asked for each anew. */
  cutAfterBytes?: () => number;
}

/** A reverse proxy of the kind that companies and hotels put between a browser and the world. */
export class FlakyProxy {
  private readonly sockets = new Set<Duplex>();
  private rules: ProxyRules = {};
  /** Paths and upgrades asked for, in order: `GET /v1/sse`, `UPGRADE /v1/ws`. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('request', (incoming, outgoing) => this.pass(incoming, outgoing));
    server.on('upgrade', (incoming, socket: Socket, head) => this.upgrade(incoming, socket, head));
    server.on('connection', (socket: Socket) => this.watch(socket));
  }

  static async open(target: number): Promise<FlakyProxy> {
    const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FlakyProxy(server, target);
  }

  get socketUrl(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/ws`;
  }

  /** Another network: what was open is cut, and what comes meets other rules. */
  set(rules: ProxyRules): void {
    this.rules = rules;
    this.cut();
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }

  private watch(socket: Duplex): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = '', url = '', headers } = incoming;
    this.asked.push(`${method} ${url.split('?')[0]}`);
    if (this.rules.broken?.some((path) => url.startsWith(path))) {
      outgoing.writeHead(502, { 'Content-Type': 'text/html' }).end('<html>Bad gateway</html>');
      return;
    }
    const upstream = request({ host: '127.0.0.1', port: this.target, method, path: url, headers });
    upstream.on('response', (answer) => this.answer(answer, outgoing));
    upstream.on('error', () => outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  }

  private answer(answer: IncomingMessage, outgoing: ServerResponse): void {
    const { 'transfer-encoding': _coding, connection: _connection, ...headers } = answer.headers;
    const isStream = headers['content-type']?.startsWith('text/event-stream') ?? false;
    const hold = isStream ? this.rules.streams : undefined;
    const head = () => outgoing.writeHead(answer.statusCode ?? 502, headers);
    const held: Buffer[] = [];
    let left = this.rules.cutAfterBytes?.() ?? Infinity;
    if (hold !== 'buffer') head().flushHeaders();
    answer.on('data', (chunk: Buffer) => {
      if (hold !== undefined) held.push(chunk);
      else if (chunk.length >= left) {
        outgoing.write(chunk.subarray(0, left), () => outgoing.destroy());
        answer.destroy();
      } else outgoing.write(chunk);
      left -= chunk.length;
    });
    answer.on('end', () => {
      if (hold === 'buffer') head();
      outgoing.end(Buffer.concat(held));
    });
    answer.on('error', () => outgoing.destroy());
  }

  private upgrade(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
    this.asked.push(`UPGRADE ${incoming.url?.split('?')[0]}`);
    const { upgrades } = this.rules;
    if (upgrades === 'refuse') socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    if (upgrades !== undefined) return;
    const upstream = connect(this.target, '127.0.0.1');
    this.watch(upstream);
    const lines = incoming.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : []));
    upstream.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    let left = this.rules.cutAfterBytes?.() ?? Infinity;
    upstream.on('data', (chunk: Buffer) => {
      if (chunk.length >= left) {
        socket.write(chunk.subarray(0, left), () => socket.destroy());
        upstream.destroy();
      } else socket.write(chunk);
      left -= chunk.length;
    });
    socket.pipe(upstream);
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  }
}
