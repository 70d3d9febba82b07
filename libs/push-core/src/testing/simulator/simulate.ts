import { FAN_OUT } from '../../intake/spread.js';
import { createMemoryStore } from '../../store/memory/memory-store.js';
import type { Account, Who } from './account.js';
import { Checker } from './checker.js';
import { SimulatedClient } from './client.js';
import { Dice, seededIds } from './dice.js';
import { drawFaults, drawLimits, NO_FAULTS, type Faults } from './faults.js';
import { Mischief } from './mischief.js';
import { SimulatedPublisher } from './publisher.js';
import { recordedStore } from './recorded-store.js';
import type { SimulationOptions, SimulationReport } from './report.js';
import { sabotagedStore } from './sabotaged-store.js';
import { drawLayout, SimulatedCluster } from './simulated-cluster.js';
import { settled, Timeline } from './timeline.js';
import { Trace } from './trace.js';
import { isChurning, NEWS, type World } from './world.js';

const START = 1_790_000_000_000;
const DURATION_MS = 60_000;
const MIN_ACCEPTED = 20;
/** Longer than any timer that helps a device out: heartbeats, retransmissions, the end of a stuck connection. */
const RECOVERY_MS = 240_000;

/** How wrong an engine can be about the store's time: by half of what the slowest first answer takes. */
const clockErrorOf = ({ storeSlow, storeLatencyMs }: Faults): number => (storeSlow > 0 ? 2_100 : storeLatencyMs + 1);

/**
 * One run of the real engine in a world that is drawn from the seed: devices, publishers, a server that dies and a store
 * that fails. No real time passes. First things go wrong, then nothing does until every device has caught up by itself;
 * then each connects once more, the engine is closed, and what is left is looked at.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const run = new Simulation(options);
  await run.prepare();
  await run.disturbed();
  await run.undisturbed();
  await run.over();
  return run.report();
}

class Simulation {
  private readonly dice: Dice;
  private readonly timeline = new Timeline(START);
  private readonly trace: Trace;
  private readonly checker: Checker;
  private readonly world: World;
  private readonly cluster: SimulatedCluster;
  private readonly clients: SimulatedClient[];
  private readonly publishers: SimulatedPublisher[];
  private readonly mischief: Mischief;
  private readonly faults: Record<string, number> = {};
  private readonly store;

  constructor(private readonly options: SimulationOptions) {
    this.dice = new Dice(options.seed);
    const faults = { ...drawFaults(this.dice.fork()), ...options.faults };
    this.trace = new Trace(options.trace ?? false, () => this.timeline.now, START);
    const layout = drawLayout(this.dice.fork());
    const tellsTime = layout.length > 1 || this.dice.chance(0.2);
    const clockErrorMs = tellsTime ? clockErrorOf(faults) : undefined;
    this.checker = new Checker(this.timeline, START, isChurning, clockErrorMs ?? faults.skewMs, (violation) =>
      this.trace.add(`BROKEN ${violation.rule}: ${violation.text}`),
    );
    const memory = createMemoryStore({ ids: seededIds(this.dice.int(0, 0x7fffffff)) });
    const tellTime = tellsTime && options.sabotage !== 'nodes go by their own clocks';
    const inner = sabotagedStore(memory, options.sabotage, this.dice.fork());
    this.store = recordedStore(inner, this.checker, tellTime ? () => this.timeline.now : undefined);
    this.world = {
      timeline: this.timeline,
      trace: this.trace,
      checker: this.checker,
      dice: this.dice.fork(),
      store: this.store,
      ...drawLimits(this.dice.fork()),
      sabotage: options.sabotage,
      layout,
      clockErrorMs,
      faults,
      parsed: new WeakMap(),
      fault: (name) => void (this.faults[name] = (this.faults[name] ?? 0) + 1),
    };
    this.trace.add(
      JSON.stringify({
        ...options,
        trace: undefined,
        layout,
        clockErrorMs,
        faults,
        limits: this.world.limits,
        retention: this.world.retention,
      }),
    );

    const people = this.people();
    this.cluster = new SimulatedCluster(this.world, this.dice.fork());
    this.clients = people.map((who) => new SimulatedClient(who, this.world, this.cluster, this.dice.fork()));
    const tenants = [...new Set(people.map((one) => one.tenant)), 't1'];
    this.publishers = tenants.map(
      (tenant, i) => new SimulatedPublisher(i, people, tenant, this.world, this.cluster, this.dice.fork()),
    );
    this.mischief = new Mischief(this.world, this.cluster, this.clients, this.dice.fork());
  }

  async prepare(): Promise<void> {
    await this.store.open();
    for (const { tenant, user } of this.people()) await this.store.topics.subscribe(tenant, NEWS, [user], START);
    this.cluster.begin();
    for (const client of this.clients)
      client.connectIn(this.dice.chance(0.7) ? this.dice.int(1, 2_000) : this.dice.int(1, 20_000));
    for (const publisher of this.publishers) publisher.begin();
    this.mischief.begin();
  }

  async disturbed(): Promise<void> {
    await this.runTo(START + (this.options.durationMs ?? DURATION_MS));
    this.mischief.stop();
    for (const publisher of this.publishers) publisher.stop();
    this.world.faults = { ...NO_FAULTS };
    this.trace.add('quiet');
  }

  async undisturbed(): Promise<void> {
    await this.until(() => this.waitingFor(false), RECOVERY_MS);
    for (const client of this.clients) client.goAway(1);
    await this.until(async () => (await this.waitingFor(true)) ?? (await this.behind()), RECOVERY_MS);
  }

  async over(): Promise<void> {
    if (this.broken) return;
    for (const client of this.clients) client.stop();
    await this.runTo(this.timeline.now + 1_000);
    let running = 0;
    for (const server of this.cluster.servers) {
      if (!server.life) return this.checker.broken('pending', 'a node did not come back');
      running++;
      void server.stop(server.life).then(() => running--);
    }
    await this.runTo(this.timeline.now + 30_000);
    if (running > 0 && !this.broken) this.checker.broken('leak', 'close did not end');
    this.checker.ledger.verify();
  }

  report(): SimulationReport {
    const { ledger } = this.checker;
    const least = this.options.minAccepted ?? MIN_ACCEPTED;
    let invalid: string | undefined;
    if (ledger.accepted < least) invalid = `${ledger.accepted} messages accepted, at least ${least} are needed`;
    else if (Object.keys(this.faults).length === 0) invalid = 'no fault took effect';
    return {
      seed: this.options.seed,
      invalid,
      violations: this.checker.violations,
      hash: this.trace.hash,
      trace: this.trace.lines,
      simulatedMs: this.timeline.now - START,
      nodes: this.world.layout.length,
      events: this.timeline.events,
      attempted: ledger.attempts.length,
      accepted: ledger.accepted,
      shown: this.checker.shown,
      recovered: ledger.recovered,
      pages: ledger.pages,
      faults: this.faults,
    };
  }

  // ---- inside

  private get broken(): boolean {
    return this.checker.violations.length > 0;
  }

  /** Two or three users with one or two devices; sometimes another tenant has a user of the same name. */
  private people(): Who[] {
    const dice = new Dice(this.options.seed + 1);
    const people: Who[] = [];
    const users = dice.int(2, 3);
    for (let user = 1; user <= users; user++) {
      const devices = dice.int(1, 2);
      for (let device = 1; device <= devices; device++)
        people.push({ tenant: 't1', user: `u${user}`, device: `d${device}` });
    }
    if (dice.chance(0.3)) people.push({ tenant: 't2', user: 'u1', device: 'd1' });
    return people;
  }

  private async runTo(time: number): Promise<void> {
    await settled();
    while (!this.broken && this.timeline.step(time)) await settled();
    if (!this.broken) this.timeline.now = time;
  }

  private async until(waitingFor: () => Promise<string | undefined>, withinMs: number): Promise<void> {
    const end = this.timeline.now + withinMs;
    while (!this.broken) {
      const what = await waitingFor();
      if (what === undefined) return;
      if (this.timeline.now >= end) return this.checker.broken(what.includes('became of') ? 'lost' : 'pending', what);
      await this.runTo(this.timeline.now + 1_000);
    }
  }

  private async waitingFor(all: boolean): Promise<string | undefined> {
    if (this.publishers.some((one) => !one.idle)) return 'a publish has no answer';
    if (this.checker.ledger.held.size > 0) return `${this.checker.ledger.held.size} scheduled messages are still held`;
    const { jobs } = this.store;
    const pages = await jobs.pending(FAN_OUT);
    if (pages > 0) return `${pages} fan-outs are not done`;
    for (const tenant of ['t1', 't2']) {
      const [dead] = await jobs.dead(tenant, FAN_OUT, 1);
      if (dead) return `a fan-out was given up: ${dead.reason}`;
    }
    if (this.cluster.servers.some(({ life }) => !life)) return 'a node is not back';
    const away = this.clients.find((one) => !one.live);
    if (away) return `${away.who.user}/${away.who.device} is not connected`;
    return this.checker.missing(this.owed(), all);
  }

  /** The first stored cursor that has not reached the head. */
  private async behind(): Promise<string | undefined> {
    for (const client of this.clients) {
      const [cursors] = await this.store.cursors.load([client.who]);
      for (const { stream, name } of client.owed) {
        const head = this.checker.ledger.head(client.who.tenant, stream);
        const seq = cursors?.get(stream)?.seq ?? 0;
        if (seq !== head) return `${name}: the stored cursor is ${seq}, the head ${head}`;
      }
    }
    return undefined;
  }

  private *owed(): Iterable<Account> {
    for (const client of this.clients) yield* client.owed;
  }
}
