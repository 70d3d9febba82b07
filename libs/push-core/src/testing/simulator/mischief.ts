import type { SimulatedClient } from './client.js';
import type { Dice } from './dice.js';
import { NO_ANSWER } from './server.js';
import type { SimulatedCluster } from './simulated-cluster.js';
import { ROOM, type World } from './world.js';

/** Makes things go wrong, each at its own pace, until it is stopped. */
export class Mischief {
  private stopped = false;

  constructor(
    private readonly world: World,
    private readonly cluster: SimulatedCluster,
    private readonly clients: readonly SimulatedClient[],
    private readonly dice: Dice,
  ) {}

  begin(): void {
    const { faults } = this.world;
    for (const server of this.cluster.servers) {
      this.every(faults.deathEveryMs, () => server.die());
      this.every(faults.restartEveryMs, () => void server.restart());
    }
    this.every(faults.busDownEveryMs, () => this.cluster.bus.cutOff(this.dice.int(500, 20_000)));
    for (const client of this.clients) {
      this.every(faults.cutEveryMs, () => this.strike('cut', client, (link) => link.cut()));
      this.every(faults.halfOpenEveryMs, () => this.strike('half-open', client, (link) => link.fallSilent()));
      this.every(faults.slowEveryMs, () =>
        this.strike('slow link', client, (link) => link.beSlow(this.dice.int(500, 25_000))),
      );
      this.every(faults.muteEveryMs, () => {
        this.world.fault('mute');
        client.mute(this.dice.int(1_000, 30_000));
      });
      this.every(faults.leaveEveryMs, () => {
        if (!client.live) return;
        this.world.fault('leave');
        client.goAway(this.dice.int(10, 20_000));
      });
      this.every(15_000, () => client.toggleSide());
    }
    this.every(8_000, () => this.changeSubscription());
  }

  stop(): void {
    this.stopped = true;
  }

  private every(meanMs: number, run: () => void): void {
    if (meanMs === 0) return;
    this.world.timeline.after(this.dice.wait(meanMs), () => {
      if (this.stopped) return;
      run();
      this.every(meanMs, run);
    });
  }

  private strike(
    name: string,
    client: SimulatedClient,
    run: (link: NonNullable<ReturnType<SimulatedClient['currentLink']>>) => void,
  ): void {
    const link = client.currentLink();
    if (!link) return;
    this.world.fault(name);
    const { tenant, user, device } = client.who;
    this.world.trace.add(`${name} ${tenant}/${user}/${device}`);
    run(link);
  }

  private changeSubscription(): void {
    const { tenant, user } = this.dice.pick(this.clients).who;
    const join = this.dice.chance(0.6);
    this.cluster
      .any()
      ?.call((push) => (join ? push.subscribe(tenant, ROOM, [user]) : push.unsubscribe(tenant, ROOM, [user])))
      .catch((error: unknown) => {
        const retryable = error === NO_ANSWER || (error as { retryable?: boolean }).retryable === true;
        if (!retryable) this.world.checker.broken('thrown', `subscribe: ${String(error)}`);
      });
  }
}
