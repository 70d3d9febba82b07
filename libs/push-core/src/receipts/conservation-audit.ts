import type { Events } from '../events.js';
import type { Place } from '../store/message-store.js';
import type { Store } from '../store/store.js';
import { FATES, findEntries, type AcceptedMessage, type Fate, type Found } from './conservation.js';

export interface ConservationOptions {
  /** Messages of one second that are followed, the first ones. Default 1. */
  readonly perSecond?: number;
  /** For so long. Milliseconds, default 300000. */
  readonly windowMs?: number;
  /** One audit serves everybody who asks within. Milliseconds, default 5000. */
  readonly everyMs?: number;
}

/** Entries followed now, by what became of them; `accepted` is the sum of the others. */
export type Conservation = Readonly<Record<'accepted' | 'lost' | Fate, number>>;

interface Followed extends AcceptedMessage {
  readonly acceptedAt: number;
  places: readonly Place[];
  fates?: Found['fates'];
  /** Entries that were missing at the last look; missing at two looks, they are lost. */
  missing: number;
  lost: number;
}

/** Entries of a longer audience are not followed: each look would read them all. */
const MOST_ENTRIES = 100;
const ENDED: readonly Fate[] = ['recalled', 'delivered', 'notified', 'expired', 'erased'];

type Source = { readonly on: Events['on']; now(): number };

/**
 * Follows a sample of what this node accepted, and looks in the store, when somebody asks, whether all of it is there: as delivered, notified,
 * recalled, expired, dead, erased or pending. An engine that lost or swallowed an entry shows as `lost`.
 *
 * What was accepted is known from memory, what became of it from the store alone. An entry has to be missing at two looks to be lost,
 * and a message whose entries have all come to their end is not looked at again.
 */
export class ConservationAudit {
  private readonly followed: Followed[] = [];
  private readonly perSecond: number;
  private readonly windowMs: number;
  private readonly everyMs: number;
  private second = 0;
  private taken = 0;
  private lostEver = 0;
  private last?: { readonly at: number; readonly tally: Promise<Conservation> };
  readonly close: () => void;

  constructor(
    private readonly push: Source,
    private readonly store: Store,
    options: ConservationOptions = {},
  ) {
    this.perSecond = options.perSecond ?? 1;
    this.windowMs = options.windowMs ?? 300_000;
    this.everyMs = options.everyMs ?? 5000;
    this.close = push.on('accepted', ({ tenant, id, streams, acceptedAt, places }) => {
      const second = Math.floor(acceptedAt / 1000);
      if (second !== this.second) {
        this.second = second;
        this.taken = 0;
      }
      if (this.taken >= this.perSecond || streams === 0 || streams > MOST_ENTRIES) return;
      this.taken++;
      this.followed.push({ tenant, id, entries: streams, acceptedAt, places, missing: 0, lost: 0 });
      // Also where nobody ever looks.
      if (this.followed.length > this.perSecond * (this.windowMs / 1000) * 2) this.forget();
    });
  }

  /** Entries lost since the start: those that were missing at two looks. */
  get violations(): number {
    return this.lostEver;
  }

  /** Rejects while the store does not answer. */
  look(): Promise<Conservation> {
    const now = this.push.now();
    if (this.last && now - this.last.at < this.everyMs) return this.last.tally;
    const tally = this.audit(now);
    this.last = { at: now, tally };
    tally.catch(() => (this.last = undefined));
    return tally;
  }

  private async audit(now: number): Promise<Conservation> {
    this.forget();
    const open = this.followed.filter((one) => !isOver(one));
    const found = await findEntries(this.store, open, now);
    open.forEach((one, at) => {
      const { fates, places } = found[at] as Found;
      one.fates = fates;
      one.places = places;
      const missing = Math.max(0, one.entries - sumOf(fates));
      const lost = Math.min(one.missing, missing);
      // Once each; what turns up again was lost nevertheless.
      this.lostEver += Math.max(0, lost - one.lost);
      one.lost = Math.max(one.lost, lost);
      one.missing = missing;
    });
    return this.tally();
  }

  private tally(): Conservation {
    const tally = Object.fromEntries(['accepted', 'lost', ...FATES].map((state) => [state, 0]));
    for (const { entries, fates } of this.followed) {
      // Accepted while the store was being asked: the next look finds it.
      if (!fates) continue;
      tally.accepted! += entries;
      tally.lost! += Math.max(0, entries - sumOf(fates));
      for (const fate of FATES) tally[fate]! += fates[fate];
    }
    return tally as Conservation;
  }

  private forget(): void {
    const from = this.push.now() - this.windowMs;
    const first = this.followed.findIndex(({ acceptedAt }) => acceptedAt >= from);
    this.followed.splice(0, first < 0 ? this.followed.length : first);
  }
}

const sumOf = (fates: Found['fates']): number => FATES.reduce((sum, fate) => sum + fates[fate], 0);
const isOver = ({ entries, fates }: Followed): boolean =>
  fates !== undefined && ENDED.reduce((sum, fate) => sum + fates[fate], 0) >= entries;
