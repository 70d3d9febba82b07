import { isFor } from '../model/message.js';
import { wireName } from '../model/stream.js';
import type { Follower } from '../online/follower.js';
import type { HotEntry } from '../online/hot-entry.js';
import type { TraceFacts, Tracer, TraceSpan } from './tracer.js';

/**
 * The last two stations: an entry is sent to a device, and acknowledged by it.
 *
 * Only what is sent from memory is traced: what a message belongs to is not stored. A span that waits for its
 * acknowledgement is kept for its place in the window, so there are never more of them than the window has places.
 */
export class DeliveryTraces {
  private readonly waiting = new Map<Follower, Map<number, TraceSpan>>();

  constructor(
    private readonly tracer: Tracer,
    private readonly now: () => number,
  ) {}

  sent(follower: Follower, from: number, to: number): void {
    const { hot } = follower.live;
    if (!hot) return;
    for (let seq = Math.max(from, hot.oldest); seq <= to && hot.has(seq); seq++) {
      const entry = hot.get(seq);
      if (entry.trace !== undefined && this.isSent(follower, entry)) this.sendOne(follower, entry, entry.trace);
    }
  }

  acknowledged(follower: Follower, from: number, to: number): void {
    const spans = this.waiting.get(follower);
    if (!spans) return;
    if (to - from < spans.size) for (let seq = from; seq <= to; seq++) end(spans, seq);
    else for (const seq of [...spans.keys()]) if (seq <= to) end(spans, seq);
    if (spans.size === 0) this.waiting.delete(follower);
  }

  /** The device is gone, or has left the stream: what was not acknowledged will be sent again, elsewhere. */
  left(follower: Follower): void {
    const spans = this.waiting.get(follower);
    if (!spans) return;
    this.waiting.delete(follower);
    for (const span of spans.values()) span.end(new Error('the device left before it had acknowledged'));
  }

  private sendOne(follower: Follower, { seq }: HotEntry, parent: string): void {
    const { tenant, user, device, link } = follower.connection;
    const spans = this.waiting.get(follower) ?? new Map<number, TraceSpan>();
    const resent = spans.has(seq);
    const stream = wireName(follower.live.stream);
    const facts: TraceFacts = { tenant, user, device, stream, seq, transport: link.transport };
    const send = this.tracer.begin('send', parent, resent ? { ...facts, resent } : facts);
    send.end();
    if (resent || send.traceparent === undefined) return;
    spans.set(seq, this.tracer.begin('acknowledge', send.traceparent, facts));
    this.waiting.set(follower, spans);
  }

  /** It may have been announced as skipped instead. */
  private isSent({ connection, live }: Follower, { seq, filter, recalled, expiresAt }: HotEntry): boolean {
    if (filter && !isFor(filter, connection.user, connection.device)) return false;
    return recalled !== true && !live.wasRecalled(seq) && expiresAt > this.now();
  }
}

function end(spans: Map<number, TraceSpan>, seq: number): void {
  spans.get(seq)?.end();
  spans.delete(seq);
}
