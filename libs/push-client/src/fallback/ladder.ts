import { type BackoffOptions, backoffMs } from '../backoff.js';
import { BROKEN, type LinkEnd } from '../close-plan.js';
import type { Wire, WirePorts } from '../transports/wire.js';

/** Makes the wires of one transport. */
export type Rung = (ports: WirePorts) => Wire;

/** Strikes at which a transport is left that never stood here, and one that did. */
const PATIENCE = 2;
const PATIENCE_WITH_A_FRIEND = 6;

/**
 * Which transport the next attempt uses. Transports are rungs, the best at the top; the client stands on one of them.
 *
 * - *down*: an attempt that broke before `connected`, or soon after, is a strike: two where it could not even be begun or
 *   was not answered in time. Two strikes in a row, and six on a rung that has held before, lead one rung down. An end
 *   that the server itself pronounced is none: it was reached. From the lowest rung the way leads back to the top: where
 *   nothing gets through it is not the transport's fault.
 * - *up*: while the client is connected on a lower rung the ones above are tried from time to time (`climbInMs`), and it
 *   stands on whichever answers with `connected`.
 * - *held*: a link that stood for some seconds makes its rung a friend and forgets the strikes; on the top rung also the
 *   pauses between the tries begin anew.
 */
export class Ladder {
  private at = 0;
  private strikes = 0;
  private hasHeld = false;
  private isHolding = false;
  private tries = 0;
  private climbAt: number | undefined;

  constructor(
    private readonly rungs: readonly Rung[],
    private readonly climb: BackoffOptions,
    private readonly random: () => number,
  ) {}

  get isAlone(): boolean {
    return this.rungs.length === 1;
  }

  /** For the next attempt. */
  get rung(): Rung {
    return this.rungs[this.at] as Rung;
  }

  /** Better than the present one, the best first. */
  get above(): readonly Rung[] {
    return this.rungs.slice(0, this.at);
  }

  /** How long until the ones above are to be tried; after each try longer. A link that broke meanwhile changes nothing. */
  climbInMs(now: number): number {
    this.climbAt ??= now + backoffMs(this.climb, this.tries++, this.random);
    return this.climbAt - now;
  }

  climbed(): void {
    this.climbAt = undefined;
  }

  connected(rung: Rung): void {
    this.isHolding = false;
    if (rung !== this.rung) this.moveTo(this.rungs.indexOf(rung));
  }

  held(): void {
    this.hasHeld = true;
    this.isHolding = true;
    this.strikes = 0;
    if (this.at === 0) this.tries = 0;
  }

  /** A link ended. `BROKEN`: it was our side that gave it up. */
  broke(rung: Rung, end: LinkEnd, wasConnected: boolean): void {
    const hadHeld = this.isHolding;
    this.isHolding = false;
    const wasOurs = end.code === BROKEN;
    if (hadHeld || rung !== this.rung || isServersWord(end) || (wasConnected && wasOurs)) return;
    this.strikes += wasOurs ? 2 : 1;
    if (this.strikes < (this.hasHeld ? PATIENCE_WITH_A_FRIEND : PATIENCE)) return;
    this.moveTo((this.at + 1) % this.rungs.length);
  }

  private moveTo(rung: number): void {
    this.at = rung;
    this.strikes = 0;
    this.hasHeld = false;
  }
}

/** It was the server that ended the link, so this transport does get through to it. */
function isServersWord({ code, bye }: LinkEnd): boolean {
  return bye !== undefined || (code >= 3000 && code <= 4999 && code !== BROKEN);
}
