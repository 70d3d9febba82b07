import { streamKey, type StreamRef } from '../model/stream.js';
import type { Limits } from '../options.js';
import { LiveStream } from './live-stream.js';

/** The streams somebody on this node follows, or is about to. */
export class LiveStreams {
  private readonly streams = new Map<string, LiveStream>();

  constructor(private readonly limits: Readonly<Limits>) {}

  get(tenant: string, stream: string): LiveStream | undefined {
    return this.streams.get(streamKey(tenant, stream));
  }

  all(): Iterable<LiveStream> {
    return this.streams.values();
  }

  /** The live stream, kept until `unpin` even without followers. */
  pin(ref: StreamRef): LiveStream {
    const key = streamKey(ref.tenant, ref.stream);
    let live = this.streams.get(key);
    if (!live) {
      live = new LiveStream(ref, this.limits.hotEntries);
      this.streams.set(key, live);
    }
    live.pins++;
    return live;
  }

  unpin(live: LiveStream): void {
    live.pins--;
    this.forgetIfIdle(live);
  }

  forgetIfIdle(live: LiveStream): void {
    if (live.pins === 0 && live.followers.length === 0) this.forget(live);
  }

  forget(live: LiveStream): void {
    const key = streamKey(live.tenant, live.stream);
    if (this.streams.get(key) === live) this.streams.delete(key);
  }

  /** What is old, or more than all streams together may hold, is read from the store when somebody needs it. */
  cool(now: number): void {
    let held = 0;
    for (const live of this.streams.values()) {
      held += live.cool(now - this.limits.hotMs);
      if (held > this.limits.hotBytes) live.forgetHot();
    }
  }
}
