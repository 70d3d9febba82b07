import type { Clock } from '../clock/clock.js';
import { targetsOf } from '../model/audience.js';
import type { NotificationRow } from '../store/notification-store.js';
import type { Store } from '../store/store.js';
import type { Round } from './breath.js';
import type { Case } from './case.js';
import type { Decider, OnItsWay } from './decider.js';
import { MOST_UNKNOWN } from './dispatcher.js';
import { isStoreAway } from '../store/store-away.js';
import { isSuspect } from './rows.js';
import type { SettleQueue } from './settle-queue.js';

/** Suspects that have to wait for one another are due this far apart. */
const SUSPECT_EVERY_MS = 20;

export interface WaitingLimits {
  readonly claim: number;
  readonly claimPerTenant: number;
  readonly leaseMs: number;
  /** Tenants that are left out. */
  readonly without: () => readonly string[];
}

/**
 * Takes up what waits (put off by policy, to be tried again) and what somebody left `sending`. Each is decided about anew: it may have been
 * acknowledged meanwhile, or its token may belong to somebody else.
 *
 * What was on its way when a process ended is suspect: it may be why. Suspects are sent one at a time, and none else is `sending` then, so
 * that one which ends the process again takes no other suspect along.
 */
export class WaitingRows {
  private isSuspectUnderWay = false;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly decider: Decider,
    private readonly settle: SettleQueue,
    private readonly owner: string,
    private readonly limits: WaitingLimits,
    private readonly wake: () => void,
  ) {}

  async round(): Promise<Round> {
    const now = this.clock.now();
    const rows = await this.store.notifications.claim({
      owner: this.owner,
      now,
      leaseUntil: now + this.limits.leaseMs,
      limit: this.limits.claim,
      perTenant: this.limits.claimPerTenant,
      without: this.limits.without(),
    });
    if (rows.length === 0) return 'nothing';
    const hopeful = rows.filter((row) => !this.isHopeless(row));
    const suspects = hopeful.filter(isSuspect);
    const others = hopeful.filter((row) => !isSuspect(row));
    if (others.length > 0) await this.take(await this.casesOf(others));
    if (suspects.length > 0) await this.tryOne(suspects);
    return rows.length < this.limits.claimPerTenant ? 'some' : 'bulk';
  }

  /** The first of them, where none is under way; the others go back, and are back before it is sent. */
  private async tryOne(suspects: readonly NotificationRow[]): Promise<void> {
    const now = this.clock.now();
    const first = this.isSuspectUnderWay ? undefined : suspects[0];
    const rest = first ? suspects.slice(1) : suspects;
    await Promise.all(
      rest.map((row, i) => {
        const dueAt = now + SUSPECT_EVERY_MS * (i + 1);
        return this.settle.put({ ...row, state: 'waiting', dueAt, attempts: row.attempts - 1, owner: undefined });
      }),
    );
    if (!first) return;
    this.isSuspectUnderWay = true;
    try {
      const { written } = await this.take(await this.casesOf([first]));
      void written.then(() => {
        this.isSuspectUnderWay = false;
        this.wake();
      });
    } catch (error) {
      this.isSuspectUnderWay = false;
      throw error;
    }
  }

  /** Resolves when they are on their way, with what resolves when what came of them is written. */
  private async take(cases: readonly Case[]): Promise<OnItsWay> {
    try {
      return await this.takeTogether(cases);
    } catch (error) {
      if (isStoreAway(error)) throw error;
      // One of them breaks the decision: it alone is to suffer for it.
      const all: Promise<unknown>[] = [];
      for (const one of cases) {
        const { written } = await this.takeTogether([one]).catch((its: unknown) => ({
          written: this.decider.bury(one.row as NotificationRow, its),
        }));
        all.push(written);
      }
      return { written: Promise.all(all) };
    }
  }

  private async takeTogether(cases: readonly Case[]): Promise<OnItsWay> {
    const { decisions } = await this.decider.decide(cases);
    const all = decisions.flat();
    const settled = all.filter(({ judged }) => judged.verdict.kind !== 'send').map(({ row }) => this.settle.put(row));
    const { written } = await this.decider.send(all);
    return { written: Promise.all([...settled, written]) };
  }

  /** Its attempts were counted before they were made: one that takes its worker along every time is found by that. */
  private isHopeless(row: NotificationRow): boolean {
    if (row.unknown < MOST_UNKNOWN) return false;
    void this.settle.put({ ...row, state: 'dead', reason: 'unknown_after_write', owner: undefined });
    return true;
  }

  private async casesOf(rows: readonly NotificationRow[]): Promise<Case[]> {
    const refs = new Map(rows.map(({ tenant, messageId }) => [`${tenant} ${messageId}`, { tenant, id: messageId }]));
    const stored = await this.store.messages.findAll([...refs.values()]);
    const byName = new Map([...refs.keys()].map((key, i) => [key, stored[i]]));
    const epochs = await this.epochsOf(rows);
    const cases: Case[] = [];
    rows.forEach((row, i) => {
      const message = byName.get(`${row.tenant} ${row.messageId}`)?.message;
      if (!message) return void this.settle.put({ ...row, state: 'cancelled', reason: 'expired', owner: undefined });
      const filter = message.recalledAt === undefined ? filterOf(message.to, row.stream) : undefined;
      const place = { stream: row.stream, seq: row.seq, epoch: epochs[i] ?? '' };
      cases.push({ message, place, filter, user: row.user, row });
    });
    return cases;
  }

  private async epochsOf(rows: readonly NotificationRow[]): Promise<readonly string[]> {
    const states = await this.store.messages.states(rows.map(({ tenant, stream }) => ({ tenant, stream })));
    return states.map(({ epoch }) => epoch);
  }
}

const filterOf = (to: Parameters<typeof targetsOf>[0], stream: string) =>
  targetsOf(to).find((target) => target.stream === stream)?.filter;
