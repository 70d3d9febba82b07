import { isPushError } from '../../errors.js';
import type { Audience, DeviceName } from '../../model/audience.js';
import type { PublishInput, PublishOptions } from '../../model/publish-input.js';
import type { Push } from '../../push.js';
import type { Who } from './account.js';
import type { Dice } from './dice.js';
import type { Attempt } from './ledger.js';
import { NO_ANSWER } from './server.js';
import type { SimulatedCluster } from './simulated-cluster.js';
import { NEWS, ROOM, SIDE, type World } from './world.js';

const PATIENCE_MS = 8_000;
const RECALLED = 0.05;
const UNKNOWN_USER = 'nobody-yet';

/**
 * A backend that publishes, a burst at a time, and asks again with the same key until it has an answer.
 * A burst begins when all of the one before was accepted, so their order is known.
 */
export class SimulatedPublisher {
  /** Nothing is waiting for an answer. */
  idle = true;
  private burst = 0;
  private stopped = false;
  private readonly everyMs: number;
  private readonly padding: number;
  private readonly people: readonly Who[];

  constructor(
    private readonly number: number,
    everybody: readonly Who[],
    private readonly tenant: string,
    private readonly world: World,
    private readonly cluster: SimulatedCluster,
    private readonly dice: Dice,
  ) {
    this.everyMs = dice.int(800, 2_500);
    this.padding = dice.pick([0, 0, 100, 1500]);
    this.people = everybody.filter((one) => one.tenant === tenant);
  }

  begin(): void {
    if (this.stopped) return;
    this.world.timeline.after(this.dice.wait(this.everyMs), () => {
      if (this.stopped) return;
      this.idle = false;
      void this.publishBurst().then(() => {
        this.idle = true;
        this.begin();
      });
    });
  }

  /** Asks no more for anything new. */
  stop(): void {
    this.stopped = true;
  }

  private async publishBurst(): Promise<void> {
    const size = this.dice.chance(0.04) ? this.dice.int(15, 40) : this.dice.int(1, 4);
    const { ledger } = this.world.checker;
    const burst = this.burst++;
    const attempts = Array.from({ length: size }, () => ledger.attempt(this.tenant, this.draw(), this.number, burst));
    const left = size > 1 && this.dice.chance(0.3) ? await this.asBatch(attempts) : attempts;
    await Promise.all(left.map((attempt) => this.publish(attempt)));
  }

  /** Returns what was not accepted. */
  private async asBatch(attempts: readonly Attempt[]): Promise<readonly Attempt[]> {
    try {
      const items = attempts.map((one) => ({ ...one.input, idempotencyKey: `k${one.number}` }));
      const outcomes = await this.ask((push) => push.publishBatch(this.tenant, items));
      return attempts.filter((attempt, at) => {
        const outcome = outcomes[at];
        if (outcome?.ok) this.accepted(attempt);
        return !outcome?.ok;
      });
    } catch {
      return attempts;
    }
  }

  private async publish(attempt: Attempt): Promise<void> {
    for (;;) {
      try {
        const extras = { idempotencyKey: `k${attempt.number}` };
        const { id } = await this.ask((push) => push.publish(this.tenant, attempt.input, extras));
        if (this.dice.chance(RECALLED)) this.planRecall(id);
        return this.accepted(attempt);
      } catch (error) {
        if (isPushError(error) && !error.retryable) {
          return this.world.checker.broken('refused', `publish ${attempt.number}: ${error.code} ${error.message}`);
        }
      }
      await new Promise<void>((resolve) => this.world.timeline.after(this.dice.int(50, 1_500), resolve));
    }
  }

  /** Once, without asking again: whether it took effect, the store tells the ledger. */
  private planRecall(id: string | undefined): void {
    this.world.timeline.after(this.dice.wait(3_000), () => {
      if (this.stopped || id === undefined) return;
      this.world.trace.add(`recall ${id}`);
      this.ask((push) => push.recall(this.tenant, id)).catch(() => undefined);
    });
  }

  private ask<T>(run: (push: Push) => Promise<T>): Promise<T> {
    const life = this.cluster.any();
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    if (!life) return Promise.reject(NO_ANSWER);
    const answer = life.call(run);
    if (this.world.sabotage === 'accepted before the commit') {
      answer.catch(() => undefined);
      return Promise.resolve([] as T);
    }
    return new Promise<T>((resolve, reject) => {
      const patience = this.world.timeline.after(PATIENCE_MS, () => {
        this.world.fault('publish without an answer');
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(NO_ANSWER);
      });
      answer.then(resolve, reject).finally(() => patience.cancel());
    });
  }

  private accepted(attempt: Attempt): void {
    const { trace, checker } = this.world;
    trace.add(`accepted ${attempt.number}`);
    attempt.accepted = true;
    checker.ledger.accepted++;
    if (attempt.shown) checker.ledger.recovered++;
  }

  private draw(): PublishInput {
    const { dice } = this;
    const options: { -readonly [K in keyof PublishOptions]: PublishOptions[K] } = {};
    if (dice.chance(0.15)) options.ttl = dice.int(1, 8);
    if (dice.chance(0.08)) options.sendAt = this.world.timeline.now + dice.int(-500, 9_000);
    const thread = dice.chance(0.3) ? `t${dice.int(1, 3)}` : undefined;
    return {
      to: this.audience(),
      type: 'test.message',
      thread,
      data: { pad: 'x'.repeat(dice.int(0, this.padding)) },
      options,
    };
  }

  /** Known users among many that never come. */
  private longList(): string[] {
    const { dice } = this;
    const users = Array.from({ length: dice.int(4, 24) }, (_, i) => `x${i}`);
    for (const { user } of this.people) if (!users.includes(user)) users.splice(dice.int(0, users.length), 0, user);
    return users;
  }

  private audience(): Audience {
    const { dice } = this;
    const someone = dice.pick(this.people);
    const another = dice.chance(0.1) ? UNKNOWN_USER : dice.pick(this.people).user;
    const named: DeviceName = { user: someone.user, device: someone.device };
    const roll = dice.next();
    if (roll < 0.4)
      return {
        users: [...new Set([someone.user, another])],
        ...(dice.chance(0.2) && { except: { devices: [named] } }),
      };
    if (roll < 0.45) return { devices: [named] };
    if (roll < 0.5) return { users: this.longList(), topics: dice.chance(0.2) ? [NEWS] : undefined };
    const except = dice.chance(0.3) ? (dice.chance(0.5) ? { users: [someone.user] } : { devices: [named] }) : undefined;
    if (roll < 0.7) return { topics: [NEWS], except };
    if (roll < 0.8) return { all: true, except };
    if (roll < 0.9) return { topics: [dice.pick([ROOM, SIDE])] };
    return { users: [another], topics: [NEWS, SIDE] };
  }
}
