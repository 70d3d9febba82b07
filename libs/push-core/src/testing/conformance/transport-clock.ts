import type { Clock, Timer } from '../../clock/clock.js';

interface Planned {
  readonly due: number;
  readonly run: () => void;
  handle?: NodeJS.Timeout;
}

/** The machine's time, for sockets that live in it, which can be put forward: what comes due then runs at once. */
export class ForwardClock implements Clock {
  private ahead = 0;
  private readonly planned = new Set<Planned>();

  now(): number {
    return Date.now() + this.ahead;
  }

  elapsed(): number {
    return performance.now() + this.ahead;
  }

  after(delayMs: number, run: () => void): Timer {
    const planned: Planned = { due: this.elapsed() + delayMs, run };
    this.planned.add(planned);
    this.arm(planned);
    return {
      cancel: () => {
        clearTimeout(planned.handle);
        this.planned.delete(planned);
      },
    };
  }

  soon(run: () => void): void {
    setImmediate(run);
  }

  forward(ms: number): void {
    this.ahead += ms;
    for (const planned of [...this.planned].sort((a, b) => a.due - b.due)) this.arm(planned);
  }

  private arm(planned: Planned): void {
    clearTimeout(planned.handle);
    planned.handle = setTimeout(
      () => {
        this.planned.delete(planned);
        planned.run();
      },
      Math.max(0, planned.due - this.elapsed()),
    );
    planned.handle.unref();
  }
}
