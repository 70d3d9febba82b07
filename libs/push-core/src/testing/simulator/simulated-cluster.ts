import { ROLES } from '../../options.js';
import type { Dice } from './dice.js';
import { SimulatedServer, type ServerLife } from './server.js';
import { SimulatedBusHub } from './simulated-bus.js';
import type { World } from './world.js';

/** Who does what, by number of nodes. Somebody holds connections, somebody does what is due. */
const LAYOUTS: readonly World['layout'][] = [
  [ROLES],
  [ROLES],
  [ROLES, ROLES],
  [ROLES, ROLES, ROLES],
  [['gateway', 'worker'], ['gateway'], ['api', 'worker']],
  [['gateway'], ['api', 'gateway'], ['worker']],
];

export const drawLayout = (dice: Dice): World['layout'] => dice.pick(LAYOUTS);

/** The nodes of a run, on one store. */
export class SimulatedCluster {
  readonly servers: readonly SimulatedServer[];
  readonly bus: SimulatedBusHub;
  private readonly gateways: readonly SimulatedServer[];

  constructor(
    world: World,
    private readonly dice: Dice,
  ) {
    this.bus = new SimulatedBusHub(world, dice.fork());
    const { layout } = world;
    this.servers = layout.map(
      (roles, i) => new SimulatedServer({ world, dice: dice.fork(), bus: this.bus, node: `n${i + 1}`, roles }),
    );
    this.gateways = this.servers.filter((_, i) => layout[i]?.includes('gateway'));
  }

  begin(): void {
    for (const server of this.servers) server.begin();
  }

  /** A node that takes connections now, if there is one. */
  gateway(): ServerLife | undefined {
    return this.oneOf(this.gateways);
  }

  /** A node that takes publishes now, if there is one. */
  any(): ServerLife | undefined {
    return this.oneOf(this.servers);
  }

  private oneOf(servers: readonly SimulatedServer[]): ServerLife | undefined {
    const lives = servers.flatMap(({ life }) => life ?? []);
    return lives.length > 0 ? this.dice.pick(lives) : undefined;
  }
}
