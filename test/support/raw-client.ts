import { WebSocket, type RawData } from 'ws';
import type { ConnectedFrame, PushFrame, ServerFrame } from 'push-core/wire';

const PATIENCE_MS = 10_000;

export interface RawOptions {
  /** Of the upgrade request. */
  headers?: Record<string, string>;
  protocol?: string;
  /** Acknowledge every `push` and `skip` at once. Default false. */
  acknowledge?: boolean;
}

export interface Ended {
  code: number;
  reason: string;
}

interface Waiter {
  look(): boolean;
  giveUp(why: string): void;
}

/** Speaks `push.v1.json` frame by frame, with none of the SDK's care: a test says everything itself. */
export class RawClient {
  readonly frames: ServerFrame[] = [];
  end: Ended | undefined;
  private readonly waiters = new Set<Waiter>();

  private constructor(
    readonly socket: WebSocket,
    private readonly options: RawOptions,
  ) {
    socket.on('message', (data: RawData) => this.take((data as Buffer).toString()));
    socket.on('close', (code, reason) => {
      this.end = { code, reason: reason.toString() };
      this.wake();
    });
    socket.on('error', () => undefined);
  }

  /** Resolves when the upgrade is done; rejects with `Unexpected server response: <status>` where it is refused. */
  static open(url: string, options: RawOptions = {}): Promise<RawClient> {
    const socket = new WebSocket(url, options.protocol ?? 'push.v1.json', {
      headers: options.headers,
      perMessageDeflate: false,
    });
    const client = new RawClient(socket, options);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(client));
      socket.once('error', reject);
    });
  }

  /** Opens and connects; resolves with the answer. */
  static async connect(
    url: string,
    connect: { token?: string; device: string; resume?: unknown; window?: number },
    options: RawOptions = {},
  ): Promise<{ client: RawClient; connected: ConnectedFrame }> {
    const client = await RawClient.open(url, options);
    client.send({ op: 'connect', ...connect });
    const connected = await client.until<ConnectedFrame>((frame) => frame.op === 'connected' || frame.op === 'bye');
    if (connected.op !== 'connected') throw new Error(`not connected: ${JSON.stringify(connected)}`);
    return { client, connected };
  }

  send(...frames: object[]): void {
    this.sendText(frames.map((frame) => JSON.stringify(frame)).join('\n'));
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  ack(seq: number, s = '@me'): void {
    this.send({ op: 'ack', s, seq });
  }

  /** The first frame, old or new, that fits. Rejects when the link ends without one. */
  until<F extends ServerFrame = ServerFrame>(
    fits: (frame: ServerFrame) => boolean,
    patienceMs = PATIENCE_MS,
  ): Promise<F> {
    return this.wait(() => this.frames.find(fits) as F | undefined, patienceMs);
  }

  /** `push` frames of a stream, once there are that many. */
  pushes(count: number, s = '@me', patienceMs = PATIENCE_MS): Promise<PushFrame[]> {
    return this.wait(() => {
      const found = this.received(s);
      return found.length >= count ? found : undefined;
    }, patienceMs);
  }

  /** What is there now. */
  received(s = '@me'): PushFrame[] {
    return this.frames.filter((frame): frame is PushFrame => frame.op === 'push' && frame.s === s);
  }

  /** Everything sent before has been worked off by the server when this resolves. */
  async settled(): Promise<void> {
    const before = this.frames.filter((frame) => frame.op === 'pong').length;
    this.send({ op: 'ping' });
    await this.wait(() => this.frames.filter((frame) => frame.op === 'pong').length > before || undefined);
  }

  ended(patienceMs = PATIENCE_MS): Promise<Ended> {
    return this.wait(() => this.end, patienceMs, true);
  }

  /** Goes without a word, as a lost network does. */
  drop(): void {
    this.socket.terminate();
  }

  async close(): Promise<void> {
    if (this.end) return;
    this.socket.close(1000);
    await this.ended();
  }

  private wait<T>(look: () => T | undefined, patienceMs = PATIENCE_MS, alsoAtEnd = false): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => waiter.giveUp(`nothing fitting within ${patienceMs} ms`), patienceMs);
      const waiter: Waiter = {
        look: () => {
          const found = look();
          if (found === undefined) return false;
          clearTimeout(late);
          this.waiters.delete(waiter);
          resolve(found);
          return true;
        },
        giveUp: (why) => {
          clearTimeout(late);
          this.waiters.delete(waiter);
          const last = this.frames.slice(-5).map((frame) => JSON.stringify(frame).slice(0, 300));
          reject(new Error(`${why}; end: ${JSON.stringify(this.end)}; last frames:\n${last.join('\n')}`));
        },
      };
      if (waiter.look()) return;
      if (this.end && !alsoAtEnd) waiter.giveUp('the link has ended');
      else this.waiters.add(waiter);
    });
  }

  private take(text: string): void {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const frame = JSON.parse(line) as ServerFrame;
      this.frames.push(frame);
      if (this.options.acknowledge && frame.op === 'push') this.ack(frame.seq, frame.s);
      if (this.options.acknowledge && (frame.op === 'skip' || frame.op === 'gap')) this.ack(frame.to, frame.s);
    }
    this.wake();
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) {
      if (!waiter.look() && this.end) waiter.giveUp('the link ended');
    }
  }
}
