import type { Clock } from '../clock/clock.js';
import { targetsOf, type Target } from '../model/audience.js';
import type { Message } from '../model/message.js';
import { FAN_OUT } from '../intake/spread.js';
import type { Job } from '../store/job-store.js';
import type { Place } from '../store/message-store.js';
import type { DecisionStep, NotificationKey } from '../store/notification-store.js';
import type { Store } from '../store/store.js';
import type { Round } from './breath.js';
import type { Case } from './case.js';
import type { Decider, Decision } from './decider.js';
import { toPushError } from '../errors.js';
import { isStoreAway } from '../store/store-away.js';
import { OFFLINE, progressOf, waitIsOver, type Progress } from './offline-job.js';
import { recipientsFrom, type Recipient } from './recipients.js';
import { hasItsShare } from '../tenants/share.js';
import { WeightedTurns } from '../tenants/weighted-turns.js';

export interface DueLimits {
  readonly page: number;
  readonly jobLeaseMs: number;
  readonly waitMs: number;
  /** Acknowledgements are in the store so long after they were given. */
  readonly marginMs: number;
  /** Messages taken up at once, and of one tenant. */
  readonly take: number;
  readonly takePerTenant: number;
  readonly weightOf: (tenant: string) => number;
  /** Tenants whose messages wait. */
  readonly suspended: () => readonly string[];
  /** So much of this tenant is on its way that others are to be served. */
  readonly isFull: (tenant: string) => boolean;
  readonly full: () => readonly string[];
}

/** A message that is being decided about. */
interface Held {
  readonly job: Job;
  readonly message: Message;
  readonly targets: readonly Target[];
  progress: Progress;
}

interface Page {
  readonly held: Held;
  readonly cases: readonly Case[];
  readonly next?: { readonly target: number; readonly after: string };
  readonly looked: number;
}

/** A message is looked at again so often while its audience is still being spread. */
const NOT_SPREAD_MS = 500;
const MOST_ATTEMPTS = 8;
/** So many tenants have their turn in a page, where messages are to one recipient. */
const TURNS = 8;

/**
 * Decides about messages that are due, a page of recipients at a time, so that one message to a hundred thousand users costs no more
 * memory than one to five hundred. How far it has come is written with the rows of each page: whoever takes it up after a crash
 * goes on there.
 *
 * Tenants are served in turns, by their weight: who has a hundred messages due waits for itself alone.
 *
 *   away   hastened, because somebody has no connection: those are told at once, the others are left to the second pass
 *   rest   the wait is over: everybody who has not acknowledged. Who has a row already is not told again
 */
export class DueMessages {
  private readonly held: WeightedTurns<Held>;
  /** Of one that was looked at in this round a page was not all. */
  private goesOn = false;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly decider: Decider,
    private readonly owner: string,
    private readonly limits: DueLimits,
  ) {
    const { page, weightOf } = limits;
    // What a message costs is how many recipients of it are looked at together, as far as its audience tells.
    this.held = new WeightedTurns(Math.ceil(page / TURNS), weightOf, ({ targets }) =>
      Math.min(page, Math.max(1, targets.length)),
    );
  }

  /** One round: takes up what is due, and a page of everything held. */
  async round(): Promise<Round> {
    await this.letGoOf(this.limits.suspended());
    await this.take();
    // A page each, as long as they fit together.
    const turn = this.held.take(Infinity, this.limits.page, this.limits.isFull);
    if (turn.length === 0) return 'nothing';
    this.goesOn = false;
    try {
      await this.decidePages(turn);
    } catch (error) {
      if (turn.length > 1 && !isStoreAway(error)) {
        // One of them breaks the decision: it alone is to suffer for it.
        for (const one of turn) await this.decidePages([one]).catch((its: unknown) => this.postpone(one, its));
        return 'some';
      }
      for (const one of turn) await this.postpone(one, error);
      throw error;
    }
    // One of which a page was not all.
    return this.goesOn ? 'bulk' : 'some';
  }

  /** Attempts are counted when it is taken up: one that takes its worker along every time is given up too. */
  private async postpone({ job }: Held, error: unknown): Promise<void> {
    const now = this.clock.now();
    if (job.attempts >= MOST_ATTEMPTS && !isStoreAway(error)) {
      const reason = `poison: ${toPushError(error).code}`;
      await this.store.jobs.bury(job, this.owner, reason, now).catch(() => undefined);
    } else
      await this.store.jobs
        .postpone(job, this.owner, now + 1000 * 2 ** Math.min(job.attempts, 6))
        .catch(() => undefined);
  }

  /** Others go on at once. */
  letGo(): Promise<void> {
    return this.giveBack(this.held.removeIf(() => true));
  }

  private async letGoOf(tenants: readonly string[]): Promise<void> {
    if (tenants.length === 0 || this.held.length === 0) return;
    const names = new Set(tenants);
    const gone = this.held.removeIf((tenant) => names.has(tenant));
    if (gone.length > 0) await this.giveBack(gone);
  }

  private async giveBack(held: readonly Held[]): Promise<void> {
    await Promise.all(held.map(({ job }) => this.store.jobs.postpone(job, this.owner, this.clock.now()))).catch(
      () => undefined,
    );
  }

  private async take(): Promise<void> {
    const { take, takePerTenant, jobLeaseMs, suspended, full, weightOf } = this.limits;
    const { length } = this.held;
    if (length >= take) return;
    const now = this.clock.now();
    const crowded = this.held
      .tenants()
      .filter((tenant) => hasItsShare(this.held.lengthOf(tenant), weightOf(tenant), length, take));
    const jobs = await this.store.jobs.take({
      kind: OFFLINE,
      owner: this.owner,
      now,
      leaseUntil: now + jobLeaseMs,
      limit: take - length,
      perTenant: takePerTenant,
      without: [...suspended(), ...full(), ...crowded],
    });
    if (jobs.length === 0) return;
    const stored = await this.store.messages.findAll(jobs);
    const over: Job[] = [];
    for (const [i, job] of jobs.entries()) {
      const message = stored[i]?.message;
      if (job.attempts > MOST_ATTEMPTS)
        await this.store.jobs.bury(job, this.owner, `given up after ${MOST_ATTEMPTS} attempts`, now);
      else if (!message || message.recalledAt !== undefined || now >= message.expiresAt) over.push(job);
      else if (stored[i]?.held) await this.store.jobs.postpone(job, this.owner, now + NOT_SPREAD_MS);
      else {
        const progress = this.begin(message, job, now);
        this.held.add(job.tenant, { job, message, targets: targetsOf(message.to), progress });
      }
    }
    if (over.length > 0) await this.store.jobs.finishAll(over, this.owner);
  }

  private begin(message: Message, job: Job, now: number): Progress {
    const progress = progressOf(job.payload);
    if (progress.pass === 'rest' || now < waitIsOver(message, this.limits.waitMs)) return progress;
    // Nobody hastened it, or too late: one pass is enough, from where the first has come.
    return { ...progress, pass: 'rest' };
  }

  private async decidePages(turn: readonly Held[]): Promise<void> {
    const pages: Page[] = [];
    for (const held of turn) {
      const page = await this.pageOf(held);
      if (page) pages.push(page);
    }
    const cases = pages.flatMap((page) => page.cases);
    const passOf = new Map(
      pages.flatMap(({ held, cases: some }) => some.map((one) => [one, held.progress.pass] as const)),
    );
    const { decisions, facts } = await this.decider.decide(
      cases,
      (one, { isConnected }) => passOf.get(one) === 'away' && isConnected,
    );
    let at = 0;
    const steps: DecisionStep[] = [];
    const decided: (readonly Decision[])[] = [];
    for (const page of pages) {
      const some = decisions.slice(at, at + page.cases.length).flat();
      const left =
        page.held.progress.pass === 'away'
          ? facts.slice(at, at + page.cases.length).filter(({ isConnected }) => isConnected).length
          : 0;
      at += page.cases.length;
      decided.push(some);
      steps.push(this.stepOf(page, some, left));
    }
    const now = this.clock.now();
    const fresh = await this.store.notifications.decide(steps, now);
    const going: Decision[] = [];
    pages.forEach(({ held }, i) => {
      const keys = fresh[i];
      // Somebody else has the job by now.
      if (!keys) return;
      const isNew = new Set(keys.map(nameOf));
      going.push(...(decided[i] ?? []).filter(({ row }) => isNew.has(nameOf(row))));
      const step = steps[i] as DecisionStep;
      if (step.payload !== undefined && !step.release) {
        held.progress = progressOf(step.payload);
        this.held.add(held.job.tenant, held);
        this.goesOn = true;
      }
    });
    await this.decider.send(going);
  }

  private async pageOf(held: Held): Promise<Page | undefined> {
    const { job, message, targets, progress } = held;
    const { tenant, id } = message;
    const now = this.clock.now();
    if (targets.length > this.limits.page && (await this.store.jobs.find({ tenant, kind: FAN_OUT, id }))) {
      await this.store.jobs.postpone(job, this.owner, now + NOT_SPREAD_MS);
      return undefined;
    }
    const { recipients, next } = await recipientsFrom(this.store, message, targets, progress, this.limits.page);
    const streams = [...new Set(recipients.map(({ stream }) => stream))];
    const places = await this.store.messages.placesIn({ tenant, id }, streams);
    const byStream = new Map(streams.map((stream, i) => [stream, places[i]]));
    return { held, cases: casesOf(message, recipients, byStream), next, looked: recipients.length };
  }

  private stepOf({ held, next, looked }: Page, decisions: readonly Decision[], leftNow: number): DecisionStep {
    const { job, message, progress } = held;
    const now = this.clock.now();
    const done = progress.done + looked;
    const left = progress.left + leftNow;
    const step = {
      job: { tenant: job.tenant, kind: job.kind, id: job.id },
      owner: this.owner,
      leaseUntil: now + this.limits.jobLeaseMs,
      rows: decisions.map(({ row }) => row),
    };
    if (next) return { ...step, payload: JSON.stringify({ ...progress, ...next, done, left } satisfies Progress) };
    if (progress.pass === 'rest' || left === 0) return { ...step, payload: undefined };
    const rest: Progress = { pass: 'rest', target: 0, after: '', done: 0, left };
    const dueAt = waitIsOver(message, this.limits.waitMs) + this.limits.marginMs;
    return { ...step, payload: JSON.stringify(rest), release: { dueAt } };
  }
}

function casesOf(
  message: Message,
  recipients: readonly Recipient[],
  places: ReadonlyMap<string, Place | undefined>,
): Case[] {
  return recipients.flatMap(({ user, stream, filter }) => {
    const place = places.get(stream);
    return place ? [{ message, place, filter, user }] : [];
  });
}

const nameOf = ({ user, device }: NotificationKey): string => `${user} ${device}`;
