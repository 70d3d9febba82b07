/** One moment after which nobody waits any more, for any number of things. */
export class Deadline {
  private readonly waiting = new Set<() => void>();
  private readonly timer: NodeJS.Timeout;
  private over = false;

  constructor(afterMs: number) {
    this.timer = setTimeout(() => {
      this.over = true;
      const late = [...this.waiting];
      this.waiting.clear();
      for (const one of late) one();
    }, afterMs);
  }

  get passed(): boolean {
    return this.over;
  }

  /** Calls `late` when the moment comes, unless the returned function was called before. */
  onPassed(late: () => void): () => void {
    this.waiting.add(late);
    return () => this.waiting.delete(late);
  }

  /** The promise's own outcome, or, when the moment comes first, what `late` says. The promise may then fail unheard. */
  race<T>(promise: Promise<T>, late: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const forget = this.onPassed(() => reject(late()));
      promise.then(resolve, reject).finally(forget);
    });
  }

  clear(): void {
    clearTimeout(this.timer);
    this.waiting.clear();
  }
}

/** Resolves when the promise has settled, either way, or the time is over; with whether it was in time. */
export function settledWithin(afterMs: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), afterMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(done, done);
  });
}
