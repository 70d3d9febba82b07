import { Estate } from '../../../services/estate.js';
import type { Verdict } from '../../../support/checker.js';
import { TRANSPORTS, type TransportName } from '../../../support/clients/index.js';
import type { ClientOptions } from '../../../support/clients/client.js';
import { dice } from '../../../support/dice.js';
import { eventually } from '../../../support/eventually.js';
import { checked, rule, told, type Findings } from '../../support/judge.js';
import { Cluster, type ClusterOptions } from './cluster.js';
import { Crowd } from './crowd.js';
import { Ledger, percentile } from './ledger.js';
import { Publishers, type PublisherOptions } from './publishers.js';

export interface Load {
  readonly seed: number;
  readonly clients: number;
  readonly conversations: number;
  /** Users a conversation. Default 2. */
  readonly members?: number;
  /** Messages a second. */
  readonly rate: number;
  readonly transports?: readonly TransportName[];
  /** Of the test's own side: the checker has to find each. */
  readonly sabotage?: ClientOptions['sabotage'] | PublisherOptions['sabotage'];
  readonly padding?: number;
  /** How long what is owed is waited for at the end. Default 60000. */
  readonly patienceMs?: number;
}

export interface DrillOptions extends Load {
  readonly cluster: (estate: Estate) => Promise<ClusterOptions> | ClusterOptions;
}

export interface Outcome {
  readonly verdict: Verdict;
  readonly seconds: number;
  readonly reconnects: number;
  readonly connected: number;
  readonly refusals: Readonly<Record<string, number>>;
  readonly unanswered: number;
  readonly timeouts: number;
  readonly recognised: number;
  readonly slowestAnswerMs: number;
  /** Accepted → shown, of the whole run. Milliseconds. */
  readonly deliveryMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** From the end of the load until nothing was owed. Milliseconds. */
  readonly drainedMs: number;
  /** Of the node that grew most. Bytes. */
  readonly rssGrowthBytes: number;
  readonly codes: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

const PATIENCE_MS = 60_000;
const SABOTAGED_MS = 3_000;

/** A cluster under load, for something to happen to. What happens is between `begin` and `end`. */
export class Drill {
  readonly ledger = new Ledger();
  private beganAt = 0;
  private baseline: number[] = [];
  private mostGrown = 0;

  private constructor(
    readonly estate: Estate,
    readonly cluster: Cluster,
    readonly random: () => number,
    private readonly load: Load,
  ) {}

  private gathered?: Crowd;
  private hired?: Publishers;

  /** Whatever becomes of the run, nothing of it is left afterwards. */
  static async with<T>(options: DrillOptions, run: (drill: Drill) => Promise<T>): Promise<T> {
    return Estate.with(async (estate) => {
      const cluster = await Cluster.start(estate, await options.cluster(estate));
      const drill = new Drill(estate, cluster, dice(options.seed), options);
      return run(drill);
    });
  }

  get crowd(): Crowd {
    if (!this.gathered) throw new Error('begin first');
    return this.gathered;
  }
  get publishers(): Publishers {
    if (!this.hired) throw new Error('begin first');
    return this.hired;
  }

  /** Everybody connects and the load runs; resolves when so many messages were accepted. */
  async begin(warm = 50): Promise<void> {
    const { clients, conversations, members = 2, rate, transports = TRANSPORTS, sabotage, padding } = this.load;
    const { random } = this;
    const isOfClients = sabotage === 'forgets' || sabotage === 'signs first';
    const crowd = (this.gathered = await Crowd.gather(this.cluster, this.ledger, {
      clients,
      users: Math.max(members, Math.ceil(clients * 0.8)),
      transports,
      random,
      sabotage: isOfClients ? sabotage : undefined,
    }));
    this.estate.later(() => crowd.disband());
    await crowd.connect();
    const { users } = crowd;
    const audiences = Array.from({ length: conversations }, (_, c) =>
      Array.from({ length: members }, (_, m) => users[(c * members + m) % users.length] ?? ''),
    );
    const publishers = (this.hired = new Publishers(
      this.cluster,
      this.ledger,
      audiences,
      (some) => crowd.devicesOf(some),
      { conversations, members, rate, random, padding, sabotage: isOfClients ? undefined : sabotage },
    ));
    this.beganAt = performance.now();
    publishers.start();
    this.estate.later(() => publishers.stop(0));
    await eventually(() => this.ledger.acceptances.length >= warm, 60_000);
    this.baseline = this.cluster.residentBytes();
  }

  /** Memory is compared with what is taken from now on: not with that of processes that have just started. */
  rebase(): void {
    this.baseline = this.cluster.residentBytes();
    this.mostGrown = 0;
  }

  /** The load goes on for so long, and memory is watched. */
  async hold(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(500, until - performance.now())));
      this.watch();
    }
  }

  /** The load ends; resolves when everything accepted was shown, or when patience ends. */
  async end(): Promise<Outcome> {
    await this.publishers.stop();
    const stoppedAt = performance.now();
    // What a planted mistake loses never comes.
    const { patienceMs = this.load.sabotage === undefined ? PATIENCE_MS : SABOTAGED_MS } = this.load;
    const verdict = await this.ledger.quiet(patienceMs);
    const drainedMs = performance.now() - stoppedAt;
    const times = this.ledger.trips.map(({ acceptedAt, shownAt }) => shownAt - acceptedAt);
    await this.crowd.whole(10_000);
    this.watch();
    const { crowd, publishers } = this;
    return {
      verdict,
      seconds: (stoppedAt - this.beganAt) / 1000,
      reconnects: crowd.reconnects,
      connected: crowd.connected,
      refusals: publishers.refusals,
      unanswered: publishers.unanswered,
      timeouts: publishers.timeouts,
      recognised: publishers.recognised,
      slowestAnswerMs: publishers.slowestAnswerMs,
      deliveryMs: { p50: percentile(times, 0.5), p99: percentile(times, 0.99), max: percentile(times, 1) },
      drainedMs,
      rssGrowthBytes: this.mostGrown,
      codes: crowd.codes,
      problems: [...crowd.problems, ...publishers.problems, ...this.cluster.crashes],
    };
  }

  /** p99 and most of accepted → shown on these devices, of what was accepted in that time. Milliseconds. */
  tripsOf(devices: readonly string[], from: number, to: number): { p99: number; max: number; count: number } {
    const some = new Set(devices);
    const times = this.ledger.trips
      .filter(({ device, acceptedAt }) => some.has(device) && acceptedAt >= from && acceptedAt < to)
      .map(({ acceptedAt, shownAt }) => shownAt - acceptedAt);
    return { p99: percentile(times, 0.99), max: percentile(times, 1), count: times.length };
  }

  private watch(): void {
    this.cluster.residentBytes().forEach((bytes, n) => {
      const before = this.baseline[n] ?? 0;
      // A node that was started again has a memory of its own.
      if (bytes > 0 && before > 0) this.mostGrown = Math.max(this.mostGrown, bytes - before);
    });
  }
}

/** 0 lost, 0 shown twice, 0 out of order; enough load to say so; nobody sent away, nothing crashed, everybody back. */
export function judgeDrill(drill: Drill, outcome: Outcome, leastAccepted: number): Findings {
  const findings = [...checked(outcome.verdict, leastAccepted), ...told(outcome.problems)];
  const { size } = drill.crowd;
  rule(findings, outcome.connected === size, `${outcome.connected} of ${size} clients were connected at the end`);
  rule(findings, outcome.timeouts === 0, `${outcome.timeouts} publishes hung`);
  return findings;
}
