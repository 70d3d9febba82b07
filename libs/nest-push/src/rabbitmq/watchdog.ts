import type { ConsumerCount } from './rabbit.js';
import type { Session } from './session.js';
import { troubleText } from './trouble.js';

/** A consumer that should exist. */
export interface Watched {
  /** Of its own knowledge: it has a tag on an open amqpChannel of this connection. */
  isRegistered(): boolean;
  /** Asks the broker, and does not wait for ever; resolves with what is wrong with this consumer. */
  complaint(): Promise<string | undefined>;
  rebuild(reason: string): void;
}

/**
 * Knows which consumers should exist, and looks after them while the connection is up: one that its amqpChannel believes in,
 * but the broker does not, gets an amqpChannel anew. What has none is being taken care of by its lane already.
 */
export class Watchdog {
  private readonly watched = new Set<Watched>();
  private timer?: NodeJS.Timeout;
  private looking = false;

  constructor(
    private readonly session: Session,
    private readonly everyMs: number,
    /** Called before every look. */
    private readonly alsoLook: () => void,
  ) {}

  count(): ConsumerCount {
    let actual = 0;
    for (const one of this.watched) if (one.isRegistered()) actual++;
    return { wanted: this.watched.size, actual };
  }

  /** Returns the function that ends it. */
  watch(one: Watched): () => void {
    this.watched.add(one);
    this.timer ??= setInterval(() => void this.look(), this.everyMs).unref();
    return () => {
      this.watched.delete(one);
      if (this.watched.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  }

  private async look(): Promise<void> {
    if (this.looking || !this.session.isUp || this.session.isBlocked) return;
    this.looking = true;
    this.alsoLook();
    await Promise.all([...this.watched].map((one) => this.lookAfter(one)));
    this.looking = false;
  }

  private async lookAfter(one: Watched): Promise<void> {
    if (!one.isRegistered()) return;
    const complaint = await one.complaint().catch(troubleText);
    if (complaint !== undefined && this.watched.has(one) && !this.session.isBlocked) one.rebuild(complaint);
  }
}
