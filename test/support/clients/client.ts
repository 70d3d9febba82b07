import type { ResumePoint, ServerFrame, StreamInfo } from 'push-core/wire';
import type { ChaosProxy } from '../chaos-proxy.js';

export interface Entry {
  readonly s: string;
  readonly epoch: string;
  readonly seq: number;
  readonly data: unknown;
}

export interface ClientOptions {
  /** Of the server, or of the proxy in front of it. */
  readonly port: number;
  readonly token: string;
  readonly user: string;
  readonly device: string;
  /** The client's own proxy: it can be half-open then. */
  readonly via?: ChaosProxy;
  readonly random: () => number;
  /** Full jitter. Default: the SDK's own 500 and 30000. Milliseconds. */
  readonly backoff?: { readonly baseMs: number; readonly capMs: number };
  /** `forgets`: takes what comes again for new. `signs first`: acknowledges what it then fails to handle. */
  readonly sabotage?: 'forgets' | 'signs first';
}

/** What one link says to its client; a link that was let go says nothing any more. */
export interface LinkEvents {
  connected(streams?: Readonly<Record<string, StreamInfo>>): void;
  frame(frame: ServerFrame): void;
  /** `afterMs`: when it may come back. `final`: not at all. */
  gone(why: { code?: number; afterMs?: number; final?: boolean; reason?: string }): void;
}

/** One link of one transport, as small as it gets. */
export interface RawLink {
  acknowledge(s: string, seq: number): void;
  /** Goes without a word. */
  drop(): void;
  /** Hears and does nothing more; its socket stays open. */
  abandon(): void;
}

interface Place {
  epoch: string;
  seq: number;
}

/**
 * A client that keeps the protocol's rules, whatever the transport: it drops what it has seen, notices holes, handles an
 * entry before it acknowledges it, and comes back after a break with full jitter.
 */
export abstract class Client {
  abstract readonly transport: string;
  onEntry: (entry: Entry) => void = () => undefined;
  /** Resumed links, not counting the first. */
  reconnects = 0;
  /** Close codes that were heard. */
  readonly codes: number[] = [];
  /** What must not happen: a hole, a reset, a gap, a final refusal. */
  readonly problems: string[] = [];
  /** Entries that came again and were dropped. */
  repeated = 0;
  isConnected = false;
  protected readonly places = new Map<string, Place>();
  private link?: RawLink;
  private readonly abandoned: RawLink[] = [];
  private generation = 0;
  private attempt = 0;
  private timer?: NodeJS.Timeout;
  private signing?: NodeJS.Timeout;
  private readonly unsigned = new Map<string, number>();
  private wanted = false;
  private waiters: (() => void)[] = [];

  constructor(readonly options: ClientOptions) {}

  get name(): string {
    return `${this.options.user}/${this.options.device}`;
  }

  /** Resolves when the server has let it in. Comes back by itself from then on, until `drop` or `close`. */
  connect(): Promise<void> {
    this.wanted = true;
    if (this.isConnected) return Promise.resolve();
    const connected = new Promise<void>((resolve) => this.waiters.push(resolve));
    if (!this.link && this.timer === undefined) this.open();
    return connected;
  }

  /** The network is gone: the server may hear of it. Stays away until `connect`. */
  drop(): void {
    this.wanted = false;
    this.letGo()?.drop();
  }

  /** The network swallows what either side says, and the server does not hear of it. Stays away until `connect`. */
  halfOpen(): void {
    this.wanted = false;
    this.options.via?.blackHole();
    const link = this.letGo();
    link?.abandon();
    if (link) this.abandoned.push(link);
  }

  close(): void {
    this.drop();
    for (const link of this.abandoned) link.drop();
    this.abandoned.length = 0;
  }

  /** Begins a link; what happens on it is told through `events`. */
  protected abstract begin(events: LinkEvents): RawLink;

  protected get resume(): Record<string, ResumePoint> | undefined {
    if (this.places.size === 0) return undefined;
    if (this.options.sabotage === 'forgets') return { '@me': 'start' };
    return Object.fromEntries([...this.places].map(([s, { epoch, seq }]) => [s, { epoch, seq }]));
  }

  private open(): void {
    this.timer = undefined;
    const generation = ++this.generation;
    const mine = (run: () => void): void => {
      if (generation === this.generation) run();
    };
    this.link = this.begin({
      connected: (streams) => mine(() => this.admitted(streams)),
      frame: (frame) => mine(() => this.take(frame)),
      gone: (why) => mine(() => this.lost(why)),
    });
  }

  private letGo(): RawLink | undefined {
    const { link } = this;
    this.generation++;
    this.link = undefined;
    this.isConnected = false;
    clearTimeout(this.timer);
    clearTimeout(this.signing);
    this.timer = this.signing = undefined;
    this.unsigned.clear();
    return link;
  }

  private admitted(streams: Readonly<Record<string, StreamInfo>> = {}): void {
    if (!this.isConnected && this.generation > 1) this.reconnects++;
    this.isConnected = true;
    this.attempt = 0;
    for (const [s, info] of Object.entries(streams)) this.follow(s, info);
    const { waiters } = this;
    this.waiters = [];
    for (const resolve of waiters) resolve();
  }

  private lost({ code, afterMs, final, reason }: Parameters<LinkEvents['gone']>[0]): void {
    this.letGo();
    if (code !== undefined) this.codes.push(code);
    if (final) this.problems.push(`${this.name} ${this.transport} was sent away: ${code} ${reason ?? ''}`);
    if (!this.wanted || final) return;
    const { baseMs, capMs } = this.options.backoff ?? { baseMs: 500, capMs: 30_000 };
    const jittered = this.options.random() * Math.min(capMs, baseMs * 2 ** this.attempt++);
    this.timer = setTimeout(() => this.open(), Math.max(jittered, afterMs ?? 0));
  }

  private follow(s: string, { epoch, from, recovery }: StreamInfo): void {
    const known = this.places.get(s);
    if (known && recovery !== 'complete') this.problems.push(`${this.name} ${s}: ${recovery}`);
    if (known && from > known.seq && this.options.sabotage === undefined)
      this.problems.push(`${this.name} ${s}: continues after ${from}, but ${known.seq} was the last`);
    if (known?.epoch !== epoch) this.places.set(s, { epoch, seq: from });
  }

  private take(frame: ServerFrame): void {
    switch (frame.op) {
      case 'followed':
        return this.follow(frame.s, frame);
      case 'skip':
      case 'gap':
        if (frame.op === 'gap') this.problems.push(`${this.name} ${frame.s}: gap ${frame.from}–${frame.to}`);
        return this.reach(frame.s, frame.to);
      case 'push': {
        const place = this.places.get(frame.s) ?? { epoch: '', seq: frame.seq - 1 };
        const { sabotage } = this.options;
        if (frame.seq <= place.seq && sabotage !== 'forgets') {
          this.repeated++;
          return this.sign(frame.s, place.seq);
        }
        if (frame.seq > place.seq + 1) this.problems.push(`${this.name} ${frame.s}: ${frame.seq} after ${place.seq}`);
        this.places.set(frame.s, { epoch: place.epoch, seq: Math.max(place.seq, frame.seq) });
        // A handler that fails now and then, after the signature.
        if (sabotage === 'signs first' && frame.seq % 5 === 0) return this.sign(frame.s, frame.seq);
        this.onEntry({ s: frame.s, epoch: place.epoch, seq: frame.seq, data: frame.data });
        return this.sign(frame.s, frame.seq);
      }
      default:
    }
  }

  private reach(s: string, to: number): void {
    const place = this.places.get(s);
    if (place && to > place.seq) place.seq = to;
    this.sign(s, to);
  }

  /** Several entries in one signature, as the SDK does. */
  private sign(s: string, seq: number): void {
    this.unsigned.set(s, Math.max(seq, this.unsigned.get(s) ?? 0));
    this.signing ??= setTimeout(() => {
      this.signing = undefined;
      for (const [stream, to] of this.unsigned) this.link?.acknowledge(stream, to);
      this.unsigned.clear();
    }, 20);
  }
}
