import { PushError } from 'push-core';

/**
 * The time one call has, whatever happens to it: a connection that never comes, a server that has stopped answering.
 * When it is over, what the call waits for is given up.
 */
export class Deadline {
  /** Rejects when the time is over; never otherwise. */
  readonly over: Promise<never>;
  private readonly timer: NodeJS.Timeout;
  private expired = false;
  private giveUp?: () => void;

  constructor(ms: number) {
    let reject: (error: PushError) => void;
    this.over = new Promise((_, no) => (reject = no));
    this.over.catch(() => {});
    this.timer = setTimeout(() => {
      this.expired = true;
      this.giveUp?.();
      reject(this.error());
    }, ms);
  }

  get isOver(): boolean {
    return this.expired;
  }

  /** What to do with what the call holds when the time is over. */
  guard(giveUp: (() => void) | undefined): void {
    this.giveUp = giveUp;
  }

  /** What comes too late is handed to `tooLate`. */
  before<T>(work: Promise<T>, tooLate: (late: T) => void): Promise<T> {
    void work.then(
      (late) => this.expired && tooLate(late),
      () => {},
    );
    return Promise.race([work, this.over]);
  }

  pause(ms: number): Promise<unknown> {
    return Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), this.over]);
  }

  clear(): void {
    clearTimeout(this.timer);
  }

  error(): PushError {
    return new PushError('STORE_UNAVAILABLE', 'The database did not answer in time', { retryAfterMs: 1000 });
  }
}
