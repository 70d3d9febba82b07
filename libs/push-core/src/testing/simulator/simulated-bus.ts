import type { Bus, BusStatus, Hint } from '../../cluster/bus.js';
import type { Dice } from './dice.js';
import type { World } from './world.js';

/** The end of the bus in one life of a node. */
export interface BusEnd {
  readonly dead: boolean;
  enter(run: () => void): void;
}

/** What the nodes of a run hear of each other: in its time, twice, out of order, or not at all. */
export class SimulatedBusHub {
  private readonly buses = new Map<string, SimulatedBus>();

  constructor(
    private readonly world: World,
    private readonly dice: Dice,
  ) {}

  join(end: BusEnd): Bus {
    return new SimulatedBus(this.buses, this.world, this.dice, end);
  }

  /** One node is cut off for a while: what it says and what is said to it is gone. */
  cutOff(forMs: number): void {
    const up = [...this.buses.values()].filter((one) => one.status().state === 'up');
    if (up.length === 0) return;
    this.world.fault('bus down');
    this.dice.pick(up).beDown(forMs);
  }
}

class SimulatedBus implements Bus {
  private readonly receivers = new Set<(hints: readonly Hint[]) => void>();
  private node?: string;
  private down = false;

  constructor(
    private readonly buses: Map<string, SimulatedBus>,
    private readonly world: World,
    private readonly dice: Dice,
    private readonly end: BusEnd,
  ) {}

  open(node: string): Promise<void> {
    this.node = node;
    this.buses.set(node, this);
    return Promise.resolve();
  }

  send(node: string, hints: readonly Hint[]): Promise<void> {
    const other = this.buses.get(node);
    if (other && other !== this) this.carry([other], hints);
    return Promise.resolve();
  }

  broadcast(hints: readonly Hint[]): Promise<void> {
    this.carry(
      [...this.buses.values()].filter((other) => other !== this),
      hints,
    );
    return Promise.resolve();
  }

  onHints(receive: (hints: readonly Hint[]) => void): () => void {
    this.receivers.add(receive);
    return () => this.receivers.delete(receive);
  }

  status(): BusStatus {
    if (this.node === undefined) return { state: 'down', reason: 'not open' };
    return this.down ? { state: 'down', reason: 'simulated' } : { state: 'up' };
  }

  close(): Promise<void> {
    this.leave();
    this.receivers.clear();
    return Promise.resolve();
  }

  beDown(forMs: number): void {
    this.down = true;
    this.world.timeline.after(forMs, () => (this.down = false));
  }

  private leave(): void {
    if (this.node !== undefined) this.buses.delete(this.node);
    this.node = undefined;
  }

  private carry(others: readonly SimulatedBus[], hints: readonly Hint[]): void {
    if (this.end.dead || this.status().state !== 'up') return;
    // As text, as it would be between processes.
    const text = JSON.stringify(hints);
    for (const other of others) {
      if (this.dice.chance(this.world.faults.dropHint)) {
        this.world.fault('hint dropped');
        continue;
      }
      this.carryOnce(other, text);
      if (!this.dice.chance(this.world.faults.doubleHint)) continue;
      this.world.fault('hint doubled');
      this.carryOnce(other, text);
    }
  }

  /** Each in a time of its own: hints overtake each other. */
  private carryOnce(other: SimulatedBus, text: string): void {
    const { faults, timeline } = this.world;
    let inMs = this.dice.int(1, 5);
    if (this.dice.chance(faults.delayHint)) {
      this.world.fault('hint delayed');
      inMs += this.dice.int(1, faults.delayMs);
    }
    timeline.after(inMs, () => other.hear(JSON.parse(text) as Hint[]));
  }

  private hear(hints: readonly Hint[]): void {
    if (this.end.dead) return this.leave();
    if (this.status().state !== 'up') return;
    for (const hint of hints) this.world.trace.add(`hint ${this.node?.split(' ')[0]} ${hint.kind}`);
    for (const receive of this.receivers) this.end.enter(() => receive(hints));
  }
}
