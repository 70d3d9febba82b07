import { createPush } from '../../create-push.js';
import { isPushError } from '../../errors.js';
import type { Role } from '../../options.js';
import type { Push } from '../../push.js';
import type { Authentication } from '../../online/authenticator.js';
import type { Who } from './account.js';
import { seededIds, type Dice } from './dice.js';
import { StoreAccess, type Life } from './failing-store.js';
import { ProcessClock } from './process-clock.js';
import { sabotagedLimits } from './sabotage.js';
import { SimulatedLink, type ClientEnd, type ServerEnd } from './simulated-link.js';
import type { BusEnd, SimulatedBusHub } from './simulated-bus.js';
import { SIDE, type World } from './world.js';

/** The process went away, or nothing came back in time: nobody knows whether it was done. */
export const NO_ANSWER = Symbol('no answer');

/** One node of the cluster, over all its lives. */
export interface NodeSetup {
  readonly world: World;
  readonly dice: Dice;
  readonly bus: SimulatedBusHub;
  readonly node: string;
  readonly roles: readonly Role[];
}

/** One life of a node's process, from its start to its death or its orderly end. */
export class ServerLife implements Life, ServerEnd, BusEnd {
  dead = false;
  readonly push: Push;
  readonly clock: ProcessClock;
  readonly links = new Set<SimulatedLink>();
  private readonly waiting = new Set<() => void>();

  private readonly world: World;
  private readonly node: string;

  constructor(
    { world, node, roles, bus }: NodeSetup,
    dice: Dice,
    private readonly died: () => void,
  ) {
    this.world = world;
    this.node = node;
    const { faults, timeline, limits, retention } = world;
    // Where the store tells the time, the node's own clock may be wrong as it likes.
    const most = faults.skewMs * (world.clockErrorMs === undefined ? 1 : 100);
    const skew = most > 0 ? dice.int(-most, most) : 0;
    this.clock = new ProcessClock(timeline, skew, this.thrown, world.sabotage === 'timers outlive the engine');
    this.push = createPush({
      store: new StoreAccess(this, timeline, dice.fork(), () => world.faults).to(world.store),
      authenticator: { authenticate: (token) => this.authenticate(token, dice) },
      node,
      roles,
      bus: bus.join(this),
      limits: sabotagedLimits(world.sabotage, limits),
      retention,
      clock: this.clock,
      random: dice.fork().next,
      ids: seededIds(dice.int(0, 0x7fffffff)),
    });
  }

  clockRange(): readonly [earliest: number, latest: number] {
    const { timeline, clockErrorMs } = this.world;
    if (clockErrorMs === undefined) return [this.clock.now(), this.clock.now()];
    return [timeline.now - clockErrorMs, timeline.now + clockErrorMs];
  }

  enter(run: () => void): void {
    if (this.dead) return;
    try {
      run();
    } catch (error) {
      this.thrown(error);
    }
  }

  /** A call from outside the process: its death leaves it without an answer. */
  call<T>(run: (push: Push) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      // What is rejected with is told apart by identity; it is no error of the server.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      const lost = () => reject(NO_ANSWER);
      this.waiting.add(lost);
      run(this.push)
        .then(resolve, reject)
        .finally(() => this.waiting.delete(lost));
    });
  }

  connect(who: Who, client: ClientEnd): SimulatedLink {
    const link = new SimulatedLink(this.world, who, this, client, (one) => this.links.delete(one));
    this.links.add(link);
    this.enter(() => link.attach(this.push.accept(link)));
    return link;
  }

  die(cause: string): void {
    if (this.dead) return;
    this.dead = true;
    this.world.fault('death');
    this.world.trace.add(`death of ${this.node} ${cause}`);
    this.clock.stop();
    for (const link of this.links) link.serverDied(this.world.dice.chance(0.3));
    for (const lost of this.waiting) lost();
    this.died();
  }

  fault(name: string): void {
    this.world.trace.add(name);
    this.world.fault(name);
  }

  private authenticate(token: string, dice: Dice): Promise<Authentication> {
    if (dice.chance(this.world.faults.authenticatorDown)) {
      this.fault('authenticator down');
      return Promise.reject(new Error('Simulated: the key store is down'));
    }
    const [tenant = '', user = ''] = token.split('/');
    return Promise.resolve({ kind: 'valid', identity: { tenant, user, topics: [SIDE] } });
  }

  private readonly thrown = (error: unknown): void => {
    this.world.checker.broken('thrown', error instanceof Error ? (error.stack ?? error.message) : String(error));
  };
}

/** A node: it dies and is started again, on the same store. */
export class SimulatedServer {
  life?: ServerLife;
  private readonly world: World;
  private readonly dice: Dice;

  constructor(private readonly setup: NodeSetup) {
    this.world = setup.world;
    this.dice = setup.dice;
  }

  begin(): void {
    const life = new ServerLife(this.setup, this.dice.fork(), () => this.beginAgain());
    this.world.trace.add(`start ${this.setup.node}`);
    life.push.start().then(
      () => {
        if (!life.dead) this.life = life;
      },
      () => life.die('at start'),
    );
  }

  die(): void {
    this.life?.die('by chance');
  }

  /** An orderly end and a new beginning. */
  async restart(): Promise<void> {
    const life = this.life;
    if (!life) return;
    this.world.fault('restart');
    // Whoever stops a process waits only so long.
    const patience = this.world.timeline.after(20_000, () => life.die('while stopping'));
    const stopped = await this.stop(life);
    patience.cancel();
    if (stopped) {
      life.dead = true;
      this.beginAgain();
    }
  }

  /** Closes the engine and looks at what it left behind. False when the process died meanwhile. */
  async stop(life: ServerLife): Promise<boolean> {
    this.world.trace.add(`stop ${this.setup.node}`);
    try {
      await life.call((push) => push.close());
    } catch (error) {
      if (error === NO_ANSWER) return false;
      // Cursors that could not be written are told; the engine lets go of everything all the same.
      if (!isPushError(error) || !error.retryable) this.world.checker.broken('thrown', `close: ${String(error)}`);
    }
    if (this.life === life) this.life = undefined;
    // The turns that were asked for before may still come.
    await new Promise<void>((resolve) => this.world.timeline.after(1, resolve));
    if (life.clock.outstanding > 0) this.world.checker.broken('leak', `${life.clock.outstanding} timers after close`);
    if (life.links.size > 0) this.world.checker.broken('leak', `${life.links.size} links after close`);
    return true;
  }

  private beginAgain(): void {
    this.life = undefined;
    const { faults, timeline } = this.world;
    timeline.after(faults.deathEveryMs > 0 ? this.dice.int(1, 4000) : this.dice.int(1, 500), () => this.begin());
  }
}
