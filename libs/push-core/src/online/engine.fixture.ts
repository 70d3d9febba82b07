import type { CloseReason } from '../close-reasons.js';
import { createPush } from '../create-push.js';
import type { PublishInput, PublishResult } from '../model/publish-input.js';
import type { PushOptions } from '../options.js';
import type { Push } from '../push.js';
import { createMemoryStore } from '../store/memory/memory-store.js';
import { ManualClock } from '../testing/manual-clock.js';
import type { SharedFrame } from '../transports/shared-frame.js';
import type { Arrival, Link, LinkHandler } from '../transports/transport.js';

export type Frame = Record<string, unknown> & { op: string };

/** A link that writes down what it is given. */
export class RecordingLink implements Link {
  readonly transport: string = 'fake';
  resends: Link['resends'] = 'in place';
  lingerMs = 0;
  readonly frames: Frame[] = [];
  writes = 0;
  buffered = 0;
  pings = 0;
  closed?: CloseReason;
  handler!: LinkHandler;

  constructor(private readonly clock: ManualClock) {}

  send(frames: readonly SharedFrame[]): void {
    this.writes++;
    for (const { text } of frames) for (const line of text.split('\n')) this.frames.push(JSON.parse(line) as Frame);
  }
  bufferedBytes(): number {
    return this.buffered;
  }
  ping(): void {
    this.pings++;
  }
  close(reason: CloseReason): void {
    this.closed = reason;
  }
  async say(...frames: unknown[]): Promise<void> {
    for (const one of frames) this.handler.received(typeof one === 'string' ? one : JSON.stringify(one));
    await this.clock.settle();
  }
  of(op: string): Frame[] {
    return this.frames.filter((frame) => frame.op === op);
  }
  get seqs(): unknown[] {
    return this.of('push').map((frame) => frame.seq);
  }
}

/** Engines under a clock that stands still. A token is the name of its user, or `user@issuedAtMs`. */
export class EngineBench {
  readonly clock = new ManualClock();
  private readonly engines: Push[] = [];

  async engine(more: Partial<PushOptions> = {}): Promise<Push> {
    const { clock } = this;
    const push = createPush({
      clock,
      store: createMemoryStore({ epoch: 'e1' }),
      authenticator: {
        authenticate: (token) => {
          const [user = '', issued] = token.split('@');
          if (user === 'nobody') return Promise.resolve({ kind: 'invalid' });
          const issuedAt = issued === undefined ? undefined : Number(issued);
          const expiresAt = clock.now() + 3_600_000;
          return Promise.resolve({ kind: 'valid', identity: { tenant: 't', user, expiresAt, issuedAt } });
        },
      },
      ...more,
    });
    this.engines.push(push);
    await push.start();
    return push;
  }

  /** Publishes are written a turn later; the clock has to let that turn happen. */
  async publish(push: Push, input: PublishInput): Promise<PublishResult> {
    const published = push.publish('t', input);
    published.catch(() => undefined);
    await this.clock.settle();
    return published;
  }

  link(push: Push, arrival?: Arrival): RecordingLink {
    const link = new RecordingLink(this.clock);
    link.handler = push.accept(link, arrival);
    return link;
  }

  async connect(push: Push, frame: Record<string, unknown> = {}, arrival?: Arrival): Promise<RecordingLink> {
    const link = this.link(push, arrival);
    await link.say({ op: 'connect', token: 'u1', device: 'd1', ...frame });
    return link;
  }

  async close(): Promise<void> {
    for (const engine of this.engines.splice(0)) {
      const closing = engine.close();
      await this.clock.advance(10_000);
      await closing;
    }
  }
}
