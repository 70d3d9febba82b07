import type { Clock } from '../clock/clock.js';
import { WorkLoop } from '../clock/work-loop.js';
import { toPushError } from '../errors.js';
import type { Events } from '../events.js';
import { targetsOf, type Target } from '../model/audience.js';
import type { Message } from '../model/message.js';
import type { Job } from '../store/job-store.js';
import type { AppendOutcome, AppendRequest } from '../store/message-store.js';
import type { Store } from '../store/store.js';
import { isStoreAway } from '../store/store-away.js';
import { FAN_OUT } from './spread.js';

/** Tenants worked for at the same time. */
const TENANTS = 8;
/** So many pages of a tenant are appended, before it makes room for others … */
const TURN_PAGES = 16;
/** … but no list is taken up again more often than this. */
const MOST_TURNS = 50;
/** Taken up so often without coming to its end, a job is given up. */
const MOST_ATTEMPTS = 100;

export interface FanOutLimits {
  readonly fanOutPage: number;
  readonly jobLeaseMs: number;
  readonly jobPollMs: number;
}

/** A job this worker holds. */
interface Held {
  readonly job: Job;
  readonly message: Message;
  readonly targets: readonly Target[];
  position: number;
  /** Where it was taken up. */
  readonly from: number;
}

/**
 * Continues long audiences: page by page, each page one step of its job in the transaction that appends it, so that a
 * page is appended once, whoever dies when. One job a tenant at a time, a page of each in turn, the larger the more weight the tenant has: a
 * tenant with a hundred long lists is served like one with a single one, and publishes get their turn between pages. Where more tenants wait
 * than are served at a time, a list makes room for others after some pages, and goes on when they have had theirs.
 *
 *   idle     nothing known to do          → working when told of work, or every `jobPollMs`
 *   working  claims, then a page of every job held, and again, until there is nothing left to claim  → idle
 *   stopped  from any state; the page under way is finished, what is held goes back. Final.
 *
 * A store that is away is asked again at the next poll; until then the jobs are kept.
 */
export class FanOut {
  private readonly loop: WorkLoop;
  private held: Held[] = [];
  /** By tenant: targets appended since it was its turn. */
  private readonly spent = new Map<string, number>();
  /** Tenants that made room, until everybody has had a turn. */
  private readonly rested = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    events: Events,
    private readonly limits: FanOutLimits,
    private readonly owner: string,
    private readonly weightOf: (tenant: string) => number,
    private readonly committed: (requests: readonly AppendRequest[], outcomes: readonly AppendOutcome[]) => void,
  ) {
    this.loop = new WorkLoop(
      clock,
      limits.jobPollMs,
      () => this.workOn(),
      (error) => events.emit('trouble', { during: 'fan-out to long audiences', error }),
    );
  }

  start(): void {
    this.loop.start();
  }

  /** There is, or may be, work. */
  nudge(): void {
    this.loop.nudge();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async workOn(): Promise<void> {
    await this.claim();
    while (this.held.length > 0 && !this.loop.isStopped) {
      const isFull = this.held.length >= TENANTS;
      await this.appendPages();
      if (isFull) await this.makeRoom();
      else this.spent.clear();
      await this.claim();
      await new Promise<void>((resolve) => this.clock.soon(resolve));
    }
    // Others go on at once.
    if (this.held.length > 0) await this.letGo(this.clock.now());
  }

  private async claim(): Promise<void> {
    if (await this.claimSome()) return;
    // Nobody else is waiting: those who made room go on.
    if (this.rested.size === 0) return;
    this.rested.clear();
    await this.claimSome();
  }

  /** Whether there were as many as there is room for. */
  private async claimSome(): Promise<boolean> {
    const room = TENANTS - this.held.length;
    if (this.loop.isStopped || room <= 0) return true;
    const now = this.clock.now();
    const jobs = await this.store.jobs.claim({
      kind: FAN_OUT,
      owner: this.owner,
      now,
      leaseUntil: now + this.limits.jobLeaseMs,
      limit: room,
      busy: [...this.held.map(({ job }) => job.tenant), ...this.rested],
    });
    for (const job of jobs) await this.take(job);
    return jobs.length >= room;
  }

  /** Where all places were taken, others may be waiting: who has had a turn's worth gives way, in the middle of a list too. */
  private async makeRoom(): Promise<void> {
    const turn = TURN_PAGES * this.limits.fanOutPage;
    const over = [...this.spent].filter(([, spent]) => spent >= turn).map(([tenant]) => tenant);
    for (const tenant of over) {
      this.spent.delete(tenant);
      this.rested.add(tenant);
    }
    const leaves = ({ job, from, position, targets }: Held): boolean =>
      this.rested.has(job.tenant) && position - from >= targets.length / MOST_TURNS;
    const tired = this.held.filter(leaves);
    const now = this.clock.now();
    await Promise.all(tired.map(({ job }) => this.store.jobs.postpone(job, this.owner, now)));
    this.held = this.held.filter((one) => !tired.includes(one));
  }

  private async take(job: Job): Promise<void> {
    if (job.attempts > MOST_ATTEMPTS) {
      await this.store.jobs.bury(job, this.owner, `given up after ${MOST_ATTEMPTS} attempts`, this.clock.now());
      return;
    }
    const stored = await this.store.messages.find(job.tenant, job.id);
    if (!stored || stored.message.recalledAt !== undefined) return this.store.jobs.finish(job, this.owner);
    const { message } = stored;
    this.held.push({ job, message, targets: targetsOf(message.to), position: job.position, from: job.position });
  }

  /** The next page of every job held, in one transaction. */
  private async appendPages(): Promise<void> {
    const leaseUntil = this.clock.now() + this.limits.jobLeaseMs;
    const weights = this.held.map(({ job }) => this.weightOf(job.tenant));
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    const room = this.held.length * this.limits.fanOutPage;
    const pages = this.held.map((one, i) => {
      const size = Math.max(1, Math.floor((room * (weights[i] ?? 1)) / all));
      return { one, request: this.page(one, size, leaseUntil) };
    });
    const requests = pages.map(({ request }) => request);
    let outcomes: readonly AppendOutcome[];
    try {
      outcomes = await this.store.messages.append(requests);
    } catch (error) {
      // A store that is away says nothing about the jobs: they are kept, and tried again at the next poll. Had it happened after
      // all, the next try reads as a duplicate.
      if (!isStoreAway(error)) await this.letGo(this.clock.now() + this.limits.jobPollMs);
      throw toPushError(error);
    }
    this.committed(requests, outcomes);
    const ended: Job[] = [];
    this.held = pages.flatMap(({ one, request }, i) => {
      if (outcomes[i]?.kind !== 'stored') {
        ended.push(one.job);
        return [];
      }
      one.position += request.targets.length;
      const { tenant } = one.job;
      this.spent.set(tenant, (this.spent.get(tenant) ?? 0) + request.targets.length);
      return one.position < one.targets.length ? [one] : [];
    });
    // Another worker has it, or the message was recalled: whoever claims it next finds out.
    for (const job of ended) await this.store.jobs.postpone(job, this.owner, this.clock.now());
  }

  private page({ job, message, targets, position }: Held, size: number, leaseUntil: number): AppendRequest {
    const { tenant, kind, id } = job;
    const to = Math.min(position + size, targets.length);
    const step = { tenant, kind, id, from: position, to, owner: this.owner, leaseUntil };
    return { message, targets: targets.slice(position, to), when: 'page', job: step };
  }

  private async letGo(dueAt: number): Promise<void> {
    const held = this.held.splice(0);
    await Promise.all(held.map(({ job }) => this.store.jobs.postpone(job, this.owner, dueAt))).catch(() => undefined);
  }
}
