import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What the proxy does to bytes. `up`: from the client to the server. */
export type Direction = 'up' | 'down';

export interface Conditions {
  /** Bytes a second each connection gets through towards the client; the rest waits in the server's socket. */
  bytesPerSecond?: number;
  /** Each way. Milliseconds. */
  latencyMs?: number;
}

/** So much of the rate passes at a time. */
const SLICE_MS = 50;

/**
 * A TCP proxy that does what networks do: slow connections, late ones, ones that swallow everything while both sides
 * believe in them, and ones that are cut.
 */
export class ChaosProxy {
  private readonly links = new Set<ProxyLink>();
  private server?: Server;

  private constructor(
    private readonly target: number,
    private conditions: Conditions,
    public port: number,
  ) {}

  static async open(target: number, conditions: Conditions = {}): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(target, conditions, 0);
    await proxy.listen();
    return proxy;
  }

  get connections(): number {
    return this.links.size;
  }

  /** For connections there are and those to come. */
  set(conditions: Conditions): void {
    this.conditions = conditions;
    for (const link of this.links) link.set(conditions);
  }

  /** What travels on the connections there are now arrives nowhere, and their ends are not told. New ones work. */
  blackHole(directions: readonly Direction[] = ['up', 'down']): void {
    for (const link of this.links) link.blackHole(directions);
  }

  /** Dead: every connection is reset, new ones are refused until `listen`. Resolves when the port is free. */
  async kill(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    const freed = new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    for (const link of [...this.links]) link.cut();
    await freed;
  }

  /** On the same port as before. */
  async listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const link = new ProxyLink(socket, connect(this.target, '127.0.0.1'), this.conditions, () =>
        this.links.delete(link),
      );
      this.links.add(link);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: this.port, host: '127.0.0.1', backlog: 8192 }, resolve);
    });
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }
}

/** One connection through the proxy: two sockets, and a pipe each way. */
class ProxyLink {
  private readonly up: Pipe;
  private readonly down: Pipe;
  private over = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    conditions: Conditions,
    private readonly gone: () => void,
  ) {
    this.up = new Pipe(client, server);
    this.down = new Pipe(server, client);
    this.set(conditions);
    for (const [one, other, pipe] of [
      [client, server, this.up],
      [server, client, this.down],
    ] as const) {
      one.setNoDelay(true);
      one.on('error', () => undefined);
      // An end, or a death, is passed on behind what was sent before; a black hole passes nothing on.
      one.on('close', (broke) => {
        if (pipe.swallows) return void (other.destroyed && this.finish());
        if (broke) other.destroy();
        if (client.destroyed && server.destroyed) this.finish();
      });
    }
  }

  set({ bytesPerSecond = Infinity, latencyMs = 0 }: Conditions): void {
    this.up.latencyMs = this.down.latencyMs = latencyMs;
    this.down.setRate(bytesPerSecond);
  }

  blackHole(directions: readonly Direction[]): void {
    for (const direction of directions) this[direction].swallow();
  }

  cut(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
    this.finish();
  }

  private finish(): void {
    if (this.over) return;
    this.over = true;
    this.up.stop();
    this.down.stop();
    this.gone();
  }
}

/** One way of a connection. What has been read waits here, in order, until rate, latency and the other side let it pass. */
class Pipe {
  latencyMs = 0;
  swallows = false;
  private rate = Infinity;
  private waiting: Buffer[] = [];
  private ended = false;
  private holding = false;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on('data', (chunk) => this.later(() => this.take(chunk)));
    from.on('end', () =>
      this.later(() => {
        this.ended = true;
        this.pass();
      }),
    );
    to.on('drain', () => this.pass());
  }

  setRate(bytesPerSecond: number): void {
    this.rate = bytesPerSecond;
    this.pass();
  }

  swallow(): void {
    this.swallows = true;
    this.waiting = [];
    this.from.resume();
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.waiting = [];
  }

  private take(chunk: Buffer): void {
    if (this.swallows) return;
    this.waiting.push(chunk);
    this.pass();
  }

  /** Nothing more is read while something waits: the sender feels it. */
  private pass(): void {
    if (this.swallows) return;
    while (!this.holding && this.to.writable && !this.to.writableNeedDrain) {
      const chunk = this.waiting.shift();
      if (!chunk) break;
      if (this.rate === Infinity) {
        this.to.write(chunk);
        continue;
      }
      const size = Math.max(1, Math.min(chunk.length, Math.round((this.rate * SLICE_MS) / 1000)));
      this.to.write(chunk.subarray(0, size));
      if (size < chunk.length) this.waiting.unshift(chunk.subarray(size));
      this.holding = true;
      this.wait((size / this.rate) * 1000, () => {
        this.holding = false;
        this.pass();
      });
    }
    if (this.waiting.length > 0) this.from.pause();
    else if (this.ended) this.to.end();
    else this.from.resume();
  }

  private later(run: () => void): void {
    if (this.latencyMs === 0) run();
    else this.wait(this.latencyMs, run);
  }

  private wait(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, ms);
    this.timers.add(timer);
  }
}
