import { PushError } from 'push-core';
import type { Session } from './session.js';

interface Waiter {
  /** It has a place now. */
  readonly admit: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * The connections of one store, `limit` at most, made when they are needed. Who comes first gets the first that is free.
 * A connection that was lost makes room for another; one that is lost while it lies here is never handed out.
 */
export class SessionPool {
  private readonly idle: { readonly session: Session; readonly since: number }[] = [];
  private readonly waiting = new Set<Waiter>();
  private taken = 0;
  private ended = false;

  constructor(
    /** Opens and prepares one within so many milliseconds. */
    private readonly open: (timeoutMs: number) => Promise<Session>,
    private readonly limit: number,
  ) {}

  /** Rejects when the time is over, or when a new connection cannot be made. To be given back. */
  async take(timeoutMs: number): Promise<Session> {
    if (this.ended) throw closed();
    if (this.taken >= this.limit) return this.queue(timeoutMs);
    this.taken++;
    return this.next(timeoutMs);
  }

  /** One that was made elsewhere. */
  add(session: Session): void {
    this.idle.push({ session, since: performance.now() });
  }

  give(session: Session): void {
    if (session.usable && !this.ended) this.idle.push({ session, since: performance.now() });
    else void session.end();
    this.hand();
  }

  /**
   * The server, or the way to it, has stopped answering: connections that were last used before `since` have no proof of
   * the contrary, and trying each would cost a call its deadline.
   */
  distrust(since: number): void {
    const kept = this.idle.filter((one) => {
      if (one.since >= since) return true;
      one.session.destroy('The database stopped answering');
      return false;
    });
    this.idle.splice(0, this.idle.length, ...kept);
  }

  /** Nothing is handed out any more; what is taken is closed when it is given back. */
  async end(): Promise<void> {
    this.ended = true;
    for (const { reject } of this.waiting) reject(closed());
    this.waiting.clear();
    await Promise.all(this.idle.splice(0).map(({ session }) => session.end()));
  }

  private async next(timeoutMs: number): Promise<Session> {
    for (let one = this.idle.pop(); one; one = this.idle.pop()) if (one.session.usable) return one.session;
    try {
      return await this.open(timeoutMs);
    } catch (error) {
      this.hand();
      throw error;
    }
  }

  /** The place that has become free goes to who waits longest. */
  private hand(): void {
    const [first] = this.waiting;
    if (!first) {
      this.taken--;
      return;
    }
    this.waiting.delete(first);
    first.admit();
  }

  private queue(timeoutMs: number): Promise<Session> {
    const began = performance.now();
    return new Promise<Session>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(waiter);
        reject(busy());
      }, timeoutMs);
      const waiter: Waiter = {
        admit: () => {
          clearTimeout(timer);
          const left = timeoutMs - (performance.now() - began);
          this.next(Math.max(1, left)).then(resolve, reject);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.waiting.add(waiter);
    });
  }
}

const closed = () => new PushError('STORE_UNAVAILABLE', 'The store is closed');
const busy = () =>
  new PushError('STORE_UNAVAILABLE', 'No connection to the database became free', { retryAfterMs: 1000 });
