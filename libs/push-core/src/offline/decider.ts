import type { Clock } from '../clock/clock.js';
import type { NotificationRow } from '../store/notification-store.js';
import type { Store } from '../store/store.js';
import type { Case, Facts } from './case.js';
import type { Dispatcher } from './dispatcher.js';
import { gatherFacts } from './gather-facts.js';
import { joinJudged, judge, type Judgement } from './judge.js';
import type { NotifyHooks } from './notify-hooks.js';
import { prepare, type Ready } from './prepare.js';
import { RecentTold } from './recent.js';
import { rowOf } from './rows.js';
import type { SettleQueue } from './settle-queue.js';
import type { TenantDesk, TenantDesks } from './tenant-desk.js';

export interface Decision {
  readonly judged: Judgement;
  readonly row: NotificationRow;
}

export interface OnItsWay {
  /** Resolves when what came of it is written. Never rejects. */
  readonly written: Promise<unknown>;
}

export interface Decided {
  /** By case, in their order; none where nothing is to be written. */
  readonly decisions: readonly (readonly Decision[])[];
  readonly facts: readonly Facts[];
}

/** Decides about many cases at once, and sends what is to be sent: facts, judgement, the host's word, rows, notifications. */
export class Decider {
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly desks: TenantDesks,
    private readonly dispatcher: Dispatcher,
    private readonly settle: SettleQueue,
    private readonly hooks: NotifyHooks,
    private readonly owner: string,
    /** A send is over by then, whatever happens: all of its ways, one after the other. */
    private readonly leaseMs: number,
    private readonly written: () => Promise<unknown>,
  ) {}

  /** Cases for which `leave` says so are not decided about. */
  async decide(cases: readonly Case[], leave: (one: Case, facts: Facts) => boolean = () => false): Promise<Decided> {
    if (cases.length > 0) await this.written();
    const now = this.clock.now();
    const [facts, desks] = await Promise.all([gatherFacts(this.store, cases, now), this.desksOf(cases)]);
    const rulesOf = (tenant: string) => (desks.get(tenant) as TenantDesk).rules;
    await this.othersFirst();
    const told = await RecentTold.of(this.store.notifications, cases, rulesOf, now);
    const judged = cases.map((one, i) => {
      const fact = facts[i] as Facts;
      if (leave(one, fact)) return [];
      const verdicts = judge(one, fact, desks.get(one.message.tenant) as TenantDesk, now, told.recent);
      if (verdicts.some(({ verdict }) => verdict.kind === 'send')) told.add(one, rulesOf(one.message.tenant));
      return verdicts;
    });
    const heard = await this.hooks.ask(judged);
    const joined = joinJudged(heard.flat());
    let at = 0;
    const decisions = heard.map((some) =>
      some.map((): Decision => {
        const one = joined[at++] as Judgement;
        return { judged: one, row: rowOf(one, now, now + this.leaseMs, this.owner) };
      }),
    );
    return { decisions, facts };
  }

  /** Begins to send what is to be sent. Resolves when it is on its way. */
  async send(decisions: readonly Decision[]): Promise<OnItsWay> {
    await this.othersFirst();
    const ready: Ready[] = [];
    const desks = await this.desksOf(decisions.map(({ judged }) => judged.case));
    for (const { judged, row } of decisions) {
      if (judged.verdict.kind === 'send') ready.push({ judged, row, desk: desks.get(row.tenant) as TenantDesk });
    }
    const outcomes: Promise<void>[] = [];
    for (const one of await prepare(this.store, ready, this.clock.now())) {
      if (one.kind === 'sendable') outcomes.push(this.dispatcher.send(one.sendable));
      else if (one.kind === 'broken') outcomes.push(this.bury(one.row, one.error));
      else {
        const { row, until: dueAt, reason } = one;
        const attempts = Math.max(0, row.attempts - 1);
        outcomes.push(this.settle.put({ ...row, state: 'waiting', dueAt, reason, attempts, owner: undefined }));
      }
    }
    return { written: Promise.all(outcomes) };
  }

  /** Kept among the dead: somebody may mend what broke it, and have it replayed. */
  bury(row: NotificationRow, error: unknown): Promise<void> {
    this.settle.failed('deciding about a notification', error);
    return this.settle.put({ ...row, state: 'dead', reason: 'poison', owner: undefined });
  }

  /** A store in this process answers without a turn of the event loop: it has to be left to others in between. */
  private othersFirst(): Promise<void> {
    return new Promise((resolve) => this.clock.soon(resolve));
  }

  private async desksOf(cases: readonly Case[]): Promise<ReadonlyMap<string, TenantDesk>> {
    const tenants = [...new Set(cases.map(({ message }) => message.tenant))];
    const desks = await Promise.all(tenants.map((tenant) => this.desks.of(tenant)));
    return new Map(tenants.map((tenant, i) => [tenant, desks[i] as TenantDesk]));
  }
}
