import type { Channel, ChannelModel } from 'amqplib';
import type { BusStatus } from 'push-core';
import { backoffMs } from './backoff.js';
import { settledWithin } from './deadline.js';
import type { Dial, Dialled } from './dial.js';
import type { Lane, Road } from './lane.js';
import { replyCode, troubleText, unavailable } from './trouble.js';
import type { Tuning } from './tuning.js';

type Phase = 'idle' | 'connecting' | 'declaring' | 'up' | 'waiting' | 'closed';

/** One connection, from the first byte on. What is heard of one that is not the current one any more is not heeded. */
interface Generation {
  readonly ending: AbortController;
  connection?: ChannelModel;
  address?: string;
  /** Since when it is up; 0 before. */
  upSince: number;
  /** Why the broker takes nothing for now. */
  blocked?: string;
  /** Something asked or published stayed unanswered beyond its time, and nothing was confirmed since. */
  mute: boolean;
}

/**
 * The one AMQP connection of a node, and the lanes on it.
 *
 * - *idle*: nobody needs it. The first `hold` → connecting.
 * - *connecting*: a connection is dialled, under a deadline. There → declaring; failed → waiting.
 * - *declaring*: every lane opens its amqpChannel and declares what it needs. All have ended, well or not → up; what was
 *   refused there is the lane's own trouble, and tried again by it.
 * - *up*: in use; *blocked* meanwhile, when the broker says so or answers nothing, which is a mark on it and no state.
 * - *waiting*: after a failure, for a random time under a ceiling that doubles with each failure in a row → connecting. A
 *   connection that did not hold for a while is one more failure: who flaps waits as long as who cannot connect.
 * - *closed*: for good.
 *
 * From connecting, declaring and up: any end of the connection → waiting, whoever tells of it first (its error, its
 * close, a deadline, a lane without an answer); the socket is destroyed, the lanes detached. The last hold let go → idle.
 */
export class Session {
  /** For the broker's list of connections. */
  called = 'push';
  /** The reply code with which the broker ended the last connection, where it gave one. */
  lostTo?: number;
  /** When the broker last said that it takes something again, as `performance.now()`. */
  clearSince = 0;
  private phase: Phase = 'idle';
  private generation?: Generation;
  private trouble = 'not opened yet';
  private attempts = 0;
  private failures = 0;
  private holders = 0;
  private timer?: NodeJS.Timeout;
  private readonly lanes = new Set<Lane>();
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly dial: Dial,
    private readonly tuning: Tuning,
  ) {}

  get isUp(): boolean {
    return this.phase === 'up';
  }
  /** The last attempt failed, and the next has not begun. */
  get isWaiting(): boolean {
    return this.phase === 'waiting';
  }
  get isDeclaring(): boolean {
    return this.phase === 'declaring';
  }
  get isBlocked(): boolean {
    return this.generation?.blocked !== undefined;
  }

  /** There is a connection, and no reason is known why the broker should not answer. */
  get isAnswering(): boolean {
    return this.generation?.connection !== undefined && isAnswering(this.generation);
  }

  status(): BusStatus {
    if (this.phase !== 'up') return { state: 'down', reason: this.trouble };
    if (this.generation?.blocked !== undefined) return { state: 'blocked', reason: this.generation.blocked };
    if (this.generation?.mute) return { state: 'blocked', reason: 'the broker does not answer' };
    return { state: 'up' };
  }

  /** Of lanes that are not open though the connection is up. */
  laneTroubles(): string[] {
    return [...this.lanes].flatMap(({ trouble }) => trouble ?? []);
  }

  /** Called after every step, of the session or of a lane. */
  onStep(watch: () => void): () => void {
    this.watchers.add(watch);
    return () => this.watchers.delete(watch);
  }

  readonly stepped = (): void => {
    for (const watch of [...this.watchers]) watch();
  };

  /** Keeps it connected until the returned function is called; that one resolves when it is let go. */
  hold(): () => Promise<void> {
    this.holders++;
    if (this.phase === 'idle') this.connect();
    let held = true;
    return async () => {
      if (!held) return;
      held = false;
      if (--this.holders === 0 && this.phase !== 'closed') await this.leave('idle', 'not in use');
    };
  }

  attach(lane: Lane): void {
    this.lanes.add(lane);
    const { generation } = this;
    if (generation?.connection) void lane.attach(this.road(generation, generation.connection));
  }

  async remove(lane: Lane): Promise<void> {
    this.lanes.delete(lane);
    await lane.close();
  }

  /** An amqpChannel for one errand, so that a refusal hits nobody else. Rejects when there is no connection. */
  async borrow<T>(errand: (amqpChannel: Channel) => Promise<T>): Promise<T> {
    const connection = this.generation?.connection;
    if (!connection) throw unavailable(this.trouble);
    const amqpChannel = await connection.createChannel();
    amqpChannel.on('error', () => undefined);
    try {
      return await errand(amqpChannel);
    } finally {
      amqpChannel.close().catch(() => undefined);
    }
  }

  /** Something asked or published stayed unanswered beyond its time, or, after that, something was confirmed. */
  hear(kind: 'overdue' | 'confirmed'): void {
    const { generation } = this;
    const mute = kind === 'overdue';
    if (!generation || generation.mute === mute) return;
    generation.mute = mute;
    this.stepped();
  }

  async close(): Promise<void> {
    if (this.phase === 'closed') return;
    await this.leave('closed', 'closed');
    this.watchers.clear();
  }

  private connect(): void {
    const generation: Generation = { ending: new AbortController(), upSince: 0, mute: false };
    this.generation = generation;
    this.phase = 'connecting';
    if (this.failures === 0) this.trouble = 'connecting';
    const { connectMs } = this.tuning;
    this.timer = setTimeout(() => this.lose(generation, `no connection within ${connectMs} ms`), connectMs);
    this.dial(this.attempts++, this.called, generation.ending.signal).then(
      (dialled) => this.connected(generation, dialled),
      (thrown: unknown) => this.lose(generation, troubleText(thrown)),
    );
  }

  private connected(generation: Generation, { connection, address }: Dialled): void {
    const over = (thrown: unknown): void =>
      this.lose(generation, `${address}: ${troubleText(thrown ?? 'closed')}`, replyCode(thrown));
    connection.on('error', over);
    connection.on('close', over);
    if (generation !== this.generation) return;
    connection.on('blocked', (reason) => this.block(generation, `broker blocked: ${reason}`));
    connection.on('unblocked', () => this.block(generation, undefined));
    clearTimeout(this.timer);
    generation.connection = connection;
    generation.address = address;
    this.phase = 'declaring';
    void this.declare(generation, this.road(generation, connection));
  }

  private async declare(generation: Generation, road: Road): Promise<void> {
    await Promise.all([...this.lanes].map((lane) => lane.attach(road)));
    if (generation !== this.generation) return;
    this.phase = 'up';
    generation.upSince = performance.now();
    this.stepped();
  }

  private road(generation: Generation, connection: ChannelModel): Road {
    return {
      connection,
      isBlocked: () => generation.blocked !== undefined,
      isAnswering: () => isAnswering(generation),
      overdue: () => generation === this.generation && this.hear('overdue'),
      giveUp: (reason) => this.lose(generation, `${generation.address}: ${reason}`),
    };
  }

  private block(generation: Generation, reason: string | undefined): void {
    generation.blocked = reason;
    this.clearSince = performance.now();
    if (generation === this.generation) this.stepped();
  }

  private lose(generation: Generation, reason: string, code?: number): void {
    if (generation !== this.generation) return;
    this.lostTo = code;
    const held = generation.upSince > 0 && performance.now() - generation.upSince >= this.tuning.steadyMs;
    this.failures = held ? 0 : this.failures + 1;
    this.phase = 'waiting';
    this.trouble = reason;
    this.drop(generation);
    const { retryBaseMs, retryCapMs, random } = this.tuning;
    // Not in the background: who waits for the broker is at work, and the process with it.
    this.timer = setTimeout(() => this.connect(), backoffMs(this.failures, retryBaseMs, retryCapMs, random));
    this.stepped();
  }

  private async leave(phase: 'idle' | 'closed', trouble: string): Promise<void> {
    const { generation } = this;
    this.phase = phase;
    this.trouble = trouble;
    this.failures = 0;
    this.generation = undefined;
    clearTimeout(this.timer);
    for (const lane of this.lanes) lane.detach();
    this.stepped();
    if (generation?.connection) {
      const left = generation.connection.close();
      if (isAnswering(generation)) await settledWithin(this.tuning.closeMs, left);
      else left.catch(() => undefined);
    }
    generation?.ending.abort();
  }

  private drop(generation: Generation): void {
    this.generation = undefined;
    clearTimeout(this.timer);
    for (const lane of this.lanes) lane.detach();
    generation.ending.abort();
  }
}

const isAnswering = ({ blocked, mute }: Generation): boolean => blocked === undefined && !mute;
