import type { PushFrame, ServerFrame, StreamName } from '../../wire.js';
import type { Ending, TransportClient, TransportTraits } from './transport-harness.js';
import { until } from './transport-patience.js';

/** A client of the transport, and how a test of the suite looks at it. */
export class TransportDevice {
  ending?: Ending;
  /** By stream. */
  private readonly signed = new Map<StreamName, number>();

  constructor(
    readonly client: TransportClient,
    private readonly traits: TransportTraits,
    private readonly patienceMs: number,
  ) {
    void client.ended.then((ending) => (this.ending = ending));
  }

  /** Entries in the order they arrived, repeats included. */
  pushes(s: StreamName = '@me'): PushFrame[] {
    return this.client.frames.filter((frame): frame is PushFrame => frame.op === 'push' && frame.s === s);
  }

  /** What a client shows that drops every `seq` not greater than the last: `after` is the last it has seen before. */
  shown(s: StreamName = '@me', after = 0): PushFrame[] {
    let last = after;
    return this.pushes(s).filter(({ seq }) => {
      const isNew = seq > last;
      if (isNew) last = seq;
      return isNew;
    });
  }

  told<F extends ServerFrame>(op: F['op']): F[] {
    return this.client.frames.filter((frame): frame is F => frame.op === op);
  }

  /** The pushes, once there are that many, none of them acknowledged by this. */
  async has(count: number, s: StreamName = '@me'): Promise<PushFrame[]> {
    await this.until(`${count} entries of ${s}`, () => this.shown(s).length >= count);
    return this.pushes(s);
  }

  /** … each acknowledged after it was seen. */
  async take(count: number, s: StreamName = '@me'): Promise<PushFrame[]> {
    for (;;) {
      const seen = this.shown(s);
      const last = seen.at(-1)?.seq ?? 0;
      if (last > (this.signed.get(s) ?? 0)) this.acknowledge(last, s);
      if (seen.length >= count) return seen;
      await this.until(`${count} entries of ${s}`, () => this.shown(s).length > seen.length);
    }
  }

  acknowledge(seq: number, s: StreamName = '@me'): void {
    const before = this.signed.get(s) ?? 0;
    this.signed.set(s, Math.max(seq, before));
    if (this.traits.acknowledges !== 'each') return this.client.acknowledge(s, seq);
    for (const push of this.shown(s)) if (push.seq > before && push.seq <= seq) this.client.acknowledge(s, push.seq);
  }

  /** Cut off, without a word. */
  drop(): void {
    this.client.drop();
  }

  /** Leaves politely; resolves when it is gone. */
  async leave(): Promise<void> {
    this.client.close();
    await this.ended();
  }

  async ended(): Promise<Ending> {
    await this.until('the end of the link', () => this.ending !== undefined);
    return this.ending as Ending;
  }

  until(what: string, holds: () => boolean): Promise<void> {
    return until(what, holds, this.patienceMs, () => {
      const last = this.client.frames.slice(-5).map((frame) => JSON.stringify(frame).slice(0, 200));
      return `the link ${this.ending ? `ended ${JSON.stringify(this.ending)}` : 'is open'}; last of ${this.client.frames.length} frames:\n${last.join('\n')}`;
    });
  }
}
