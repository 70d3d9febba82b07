import type { Clock, Timer } from '../../clock/clock.js';
import type { HttpRequest, HttpResult } from './pool.js';

/** One request on its way: first it waits, then a link has it, then it is done. Its deadline runs all the while. */
export class Pending {
  done = false;
  /** Surely not processed, so many times. */
  refusals = 0;
  /** Elapsed time at which it came. */
  readonly since: number;
  /** Set by the link that has it: gives up and settles it. */
  expire?: () => void;
  private readonly timer: Timer;

  constructor(
    readonly request: HttpRequest,
    readonly path: string,
    clock: Clock,
    private readonly resolve: (result: HttpResult) => void,
  ) {
    this.since = clock.elapsed();
    this.timer = clock.after(request.deadlineMs, () => {
      if (this.expire) this.expire();
      else this.settle({ kind: 'refused', reason: 'deadline' });
    });
  }

  get maxBodyBytes(): number {
    return this.request.maxBodyBytes ?? 4096;
  }

  settle(result: HttpResult): void {
    if (this.done) return;
    this.done = true;
    this.expire = undefined;
    this.timer.cancel();
    this.resolve(result);
  }
}
