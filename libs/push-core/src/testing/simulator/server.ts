import { createPush } from '../../create-push.js';
import { isPushError } from '../../errors.js';
import type { Push } from '../../push.js';
import type { Authentication } from '../../online/authenticator.js';
import type { Who } from './account.js';
import { seededIds, type Dice } from './dice.js';
import { StoreAccess, type Life } from './failing-store.js';
import { ProcessClock } from './process-clock.js';
import { SimulatedLink, type ClientEnd, type ServerEnd } from './simulated-link.js';
import { SIDE, type World } from './world.js';

/** The process went away, or nothing came back in time: nobody knows whether it was done. */
export const NO_ANSWER = Symbol('no answer');

/** One life of the server process, from its start to its death or its orderly end. */
class ServerLife implements Life, ServerEnd {
  dead = false;
  readonly push: Push;
  readonly clock: ProcessClock;
  readonly links = new Set<SimulatedLink>();
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly world: World,
    dice: Dice,
    private readonly died: () => void,
  ) {
    const { faults, timeline, limits, retention } = world;
    const skew = faults.skewMs > 0 ? dice.int(-faults.skewMs, faults.skewMs) : 0;
    this.clock = new ProcessClock(timeline, skew, this.thrown, world.sabotage === 'timers outlive the engine');
    this.push = createPush({
      store: new StoreAccess(this, timeline, dice.fork(), () => world.faults).to(world.store),
      authenticator: { authenticate: (token) => this.authenticate(token, dice) },
      node: 'n1',
      limits: world.sabotage === 'nothing is sent again' ? { ...limits, retransmitAfterMs: 1_000_000_000 } : limits,
      retention,
      clock: this.clock,
      random: dice.fork().next,
      ids: seededIds(dice.int(0, 0x7fffffff)),
    });
  }

  now(): number {
    return this.clock.now();
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
    this.world.trace.add(`death ${cause}`);
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

/** The server: it dies and is started again, on the same store. */
export class SimulatedServer {
  life?: ServerLife;
  private readonly dice: Dice;

  constructor(private readonly world: World) {
    this.dice = world.dice.fork();
  }

  begin(): void {
    const life = new ServerLife(this.world, this.dice.fork(), () => this.beginAgain());
    this.world.trace.add('start');
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
    this.world.trace.add('stop');
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
