import type { Clock, PushError, Timer } from 'push-core';
import { pauseMs } from './pause.js';
import type { Ending, PublishJob } from './publish-job.js';

/** A failure nobody can explain is repeated so often; then others get the chance, and it counts as handed out in vain. */
const UNEXPLAINED_TRIES = 16;

/** `unfinished`: it stopped, or gave up on a failure nobody can explain. */
export type LineEnding = { readonly kind: 'over'; readonly ending: Ending } | { readonly kind: 'unfinished' };

export interface LinePorts {
  readonly clock: Clock;
  readonly random: () => number;
  /** With an error: a try has to be repeated, because of it. Without: one came to its end. */
  readonly tried: (error?: PushError) => void;
}

interface Waiting {
  readonly number: number;
  readonly job: PublishJob;
  readonly resolve: (ending: LineEnding) => void;
  /** Failures nobody can explain. */
  unexplained: number;
  timer?: Timer;
}

/**
 * The publishes of one tenant, in the order they came. It is
 * - *open*: each is tried as it comes, without waiting for those before it, so that they are committed together;
 * - *held*, from the moment a try has to be repeated: nothing is tried, what comes waits behind. When the pause is over and
 *   the last try under way is back, all of them are tried again, the oldest first, and the line is open;
 * - *stopped*, for good: what waits stays unfinished, as does what has to be repeated from now on.
 *
 * What fails with INTERNAL may be the fault of that one publish: it is repeated by itself, and holds nobody up.
 */
export class TenantLine {
  private held: Waiting[] = [];
  private pause?: Timer;
  private paused = false;
  private stopped = false;
  /** Repeated by themselves. */
  private readonly apart = new Set<Waiting>();
  private underWay = 0;
  private failures = 0;
  private numbers = 0;

  constructor(private readonly ports: LinePorts) {}

  /** Nobody is in it. */
  get isEmpty(): boolean {
    return this.held.length + this.underWay + this.apart.size === 0;
  }

  /** Tried within this turn, where the line is open. */
  enter(job: PublishJob): Promise<LineEnding> {
    return new Promise((resolve) => {
      const one: Waiting = { number: ++this.numbers, job, resolve, unexplained: 0 };
      if (this.stopped) resolve({ kind: 'unfinished' });
      else if (this.held.length > 0) this.held.push(one);
      else void this.try(one);
    });
  }

  stop(): void {
    this.stopped = true;
    this.pause?.cancel();
    for (const one of this.held.splice(0)) one.resolve({ kind: 'unfinished' });
    for (const one of this.apart) this.endApart(one);
  }

  private async try(one: Waiting): Promise<void> {
    this.underWay++;
    const tried = await one.job();
    this.underWay--;
    this.ports.tried(tried.kind === 'later' ? tried.error : undefined);
    if (tried.kind === 'over') {
      this.failures = 0;
      one.resolve(tried);
    } else if (this.stopped) one.resolve({ kind: 'unfinished' });
    else if (tried.error.code === 'INTERNAL') this.repeatApart(one, tried.error);
    else this.hold(one, tried.error);
    this.goOn();
  }

  private hold(one: Waiting, error: PushError): void {
    const place = this.held.findIndex(({ number }) => number > one.number);
    this.held.splice(place < 0 ? this.held.length : place, 0, one);
    if (this.paused) return;
    this.paused = true;
    this.failures++;
    this.pause = this.ports.clock.after(pauseMs(this.failures, error, this.ports.random), () => {
      this.paused = false;
      this.goOn();
    });
  }

  /** One that is still under way may have to be repeated before those that are held. */
  private goOn(): void {
    if (this.paused || this.underWay > 0) return;
    for (const one of this.held.splice(0)) void this.try(one);
  }

  private repeatApart(one: Waiting, error: PushError): void {
    if (++one.unexplained >= UNEXPLAINED_TRIES) return one.resolve({ kind: 'unfinished' });
    this.apart.add(one);
    one.timer = this.ports.clock.after(pauseMs(one.unexplained, error, this.ports.random), () => {
      this.apart.delete(one);
      void this.try(one);
    });
  }

  private endApart(one: Waiting): void {
    one.timer?.cancel();
    this.apart.delete(one);
    one.resolve({ kind: 'unfinished' });
  }
}
