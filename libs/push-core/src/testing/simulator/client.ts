import type { Timer } from '../../clock/clock.js';
import { streamNamed } from '../../model/stream.js';
import type { ClientFrame, ResumePoint, ServerFrame, StreamInfo } from '../../wire.js';
import type { Account, Who } from './account.js';
import type { Dice } from './dice.js';
import type { SimulatedCluster } from './simulated-cluster.js';
import type { ClientEnd, SimulatedLink } from './simulated-link.js';
import { NEWS, ROOM, SIDE, type World } from './world.js';

/** What the device knows of one stream. `epoch` and `last` are kept for good, `at` for one connection. */
interface Line {
  readonly account: Account;
  epoch: string;
  /** Highest `seq` handed to the application, or passed over. */
  last: number;
  /** How far this connection has come; undefined while the stream is not followed on it. */
  at?: number;
  /** Acknowledged on this connection. */
  acked: number;
  /** Something came again: the acknowledgement was lost. */
  owing: boolean;
}

const CONNECT_TIMEOUT_MS = 12_000;
const PING_MS = 15_000;
const DEAD_MS = 35_000;

/**
 * A device that keeps to the contract and does no more than it asks: cursors are kept, what was seen is dropped, what
 * comes too early is dropped unacknowledged, acknowledgements are joined.
 *
 *   away       → connecting after a pause
 *   connecting → live on `connected`; → away when the link ends or nothing comes
 *   live       → away when the link ends or falls silent
 */
export class SimulatedClient implements ClientEnd {
  live = false;
  private link?: SimulatedLink;
  private stopped = false;
  private muted = false;
  private heardAt = 0;
  private tries = 0;
  private pauseMs?: number;
  private pulse?: Timer;
  private planned?: Timer;
  private acking?: Timer;
  private frameId = 1;
  private readonly lines = new Map<string, Line>();
  private readonly resumes: 'cursor' | 'server' | 'start';
  private readonly window: number;
  private readonly ackDelayMs: number;

  constructor(
    readonly who: Who,
    private readonly world: World,
    private readonly cluster: SimulatedCluster,
    private readonly dice: Dice,
  ) {
    this.resumes = dice.pick(['cursor', 'cursor', 'server', 'start'] as const);
    this.window = dice.pick([1, 2, 4, 16, 64, 256]);
    this.ackDelayMs = dice.pick([0, 50, 300]);
  }

  /** The streams the checker holds to all rules. */
  get owed(): Account[] {
    return ['@me', '@all', NEWS].map((name) => this.account(name));
  }

  connectIn(delayMs: number): void {
    this.planned?.cancel();
    this.planned = this.world.timeline.after(delayMs, () => this.connect());
  }

  // ---- what happens to it

  currentLink(): SimulatedLink | undefined {
    return this.link;
  }

  /** Leaves without a word and comes back. */
  goAway(forMs: number): void {
    this.link?.leave();
    this.away(forMs);
  }

  mute(forMs: number): void {
    if (this.muted) return;
    this.muted = true;
    this.world.timeline.after(forMs, () => {
      this.muted = false;
      this.planAck();
    });
  }

  toggleSide(): void {
    if (!this.live) return;
    const following = this.lines.get(SIDE)?.at !== undefined;
    this.say([{ op: following ? 'unfollow' : 'follow', s: SIDE, id: this.frameId++ }]);
  }

  stop(): void {
    this.stopped = true;
    this.link?.leave();
    this.away(0);
  }

  // ---- the link

  arrived(frames: readonly ServerFrame[]): void {
    if (!this.link) return;
    this.heardAt = this.world.timeline.now;
    for (const frame of frames) this.handle(frame);
  }

  ended(code: number): void {
    if (!this.link) return;
    if (code === 3003 || code >= 3500) {
      this.world.checker.broken('refused', `${this.name}: closed with ${code}`);
    }
    this.away();
  }

  private connect(): void {
    if (this.stopped || this.link) return;
    const life = this.cluster.gateway();
    if (!life) return this.away();
    const { tenant, user, device } = this.who;
    this.link = life.connect(this.who, {
      arrived: (frames) => this.arrived(frames),
      ended: (code) => this.ended(code),
    });
    this.heardAt = this.world.timeline.now;
    this.say([{ op: 'connect', token: `${tenant}/${user}`, device, resume: this.resume(), window: this.window }]);
    this.pulse = this.world.timeline.after(CONNECT_TIMEOUT_MS, () => {
      if (!this.live) this.goAway(this.dice.int(0, 1000));
    });
  }

  private resume(): Record<string, ResumePoint> | undefined {
    if (this.resumes === 'server') return undefined;
    const points: Record<string, ResumePoint> = {};
    if (this.resumes === 'start') for (const name of ['@me', '@all', NEWS]) points[name] = 'start';
    for (const [name, line] of this.lines) {
      if (line.account.churning && line.at === undefined) continue;
      points[name] = { epoch: line.epoch, seq: line.last };
      line.account.acked = Math.max(line.account.acked, line.last);
    }
    return Object.keys(points).length > 0 ? points : undefined;
  }

  private away(forMs?: number): void {
    this.link = undefined;
    this.live = false;
    this.pulse?.cancel();
    this.acking?.cancel();
    this.acking = undefined;
    if (this.stopped) return;
    const backoff = this.dice.int(0, Math.min(5_000, 200 * 2 ** Math.min(this.tries++, 6)));
    this.connectIn(forMs ?? this.pauseMs ?? backoff);
    this.pauseMs = undefined;
  }

  private beat(): void {
    this.pulse = this.world.timeline.after(PING_MS, () => {
      const quietMs = this.world.timeline.now - this.heardAt;
      if (quietMs >= DEAD_MS) return this.goAway(this.dice.int(0, 1000));
      if (quietMs >= PING_MS) this.say([{ op: 'ping' }]);
      this.beat();
    });
  }

  private say(frames: readonly ClientFrame[]): void {
    this.link?.transmit(frames);
  }

  // ---- the protocol

  private handle(frame: ServerFrame): void {
    if (!this.live && frame.op !== 'connected' && frame.op !== 'bye') return;
    switch (frame.op) {
      case 'connected':
        if (this.live) return;
        this.live = true;
        this.tries = 0;
        this.pulse?.cancel();
        this.beat();
        for (const line of this.lines.values()) line.at = undefined;
        for (const [name, info] of Object.entries(frame.streams)) this.place(name, info);
        return;
      case 'followed':
        return this.place(frame.s, frame);
      case 'ok':
        if (frame.s === undefined) return;
        if (frame.from !== undefined) this.place(frame.s, frame as StreamInfo);
        else this.leaveStream(frame.s);
        return;
      case 'unfollowed':
        return this.leaveStream(frame.s);
      case 'push':
        return this.pushed(frame.s, frame.seq, frame.id, frame.data);
      case 'skip':
      case 'gap':
        return this.passed(frame.s, frame.from, frame.to, frame.op);
      case 'bye':
        this.pauseMs = frame.afterMs;
        return;
      case 'error':
        // Its user was taken off the topic while it was away.
        if (frame.code === 'NOT_ALLOWED' && frame.field === `resume.${ROOM}`) return this.leaveStream(ROOM);
        if (!RETRYABLE.has(frame.code)) this.world.checker.broken('refused', `${this.name}: ${JSON.stringify(frame)}`);
        return;
      case 'pong':
      case 'read':
      case 'recall':
      case 'signal':
        return;
    }
  }

  private place(name: string, info: StreamInfo): void {
    const account = this.account(name);
    let line = this.lines.get(name);
    if (!line) {
      line = { account, epoch: info.epoch, last: info.from, acked: info.from, owing: false };
      this.lines.set(name, line);
      account.begin(info.from);
    } else if (line.epoch !== info.epoch) {
      this.world.checker.broken('refused', `${this.name}: ${name} began anew with epoch ${info.epoch}`);
    } else if (line.at !== undefined && line.at >= info.from) return;
    else if (info.from > line.last) {
      // The server would leave out what lies between; a gap is announced before the place after it.
      if (!account.churning)
        this.world.checker.broken('hole', `${this.name}: ${name} continues at ${info.from}, ${line.last} was seen`);
      line.last = info.from;
    }
    line.at = info.from;
    line.acked = info.from;
  }

  private leaveStream(name: string): void {
    const line = this.lines.get(name);
    if (line) line.at = undefined;
  }

  private pushed(name: string, seq: number, id: string, data: unknown): void {
    const line = this.lines.get(name);
    if (line?.at === undefined || seq > line.at + 1) return;
    const again = seq <= line.at;
    if (again) line.owing = true;
    else line.at = seq;
    if (seq > line.last || this.world.sabotage === 'the client does not de-duplicate') {
      line.last = Math.max(line.last, seq);
      line.account.shown(seq, id, data);
    }
    this.planAck();
  }

  private passed(name: string, from: number, to: number, fate: 'skip' | 'gap'): void {
    const line = this.lines.get(name);
    if (line?.at === undefined || from > line.at + 1) return;
    if (to <= line.at) line.owing = true;
    else {
      line.account.passed(line.last + 1, to, fate);
      line.at = to;
      line.last = Math.max(line.last, to);
    }
    this.planAck();
  }

  private planAck(): void {
    if (this.muted || this.acking || !this.live) return;
    this.acking = this.world.timeline.after(this.dice.int(0, this.ackDelayMs), () => {
      this.acking = undefined;
      if (this.muted) return;
      const frames: ClientFrame[] = [];
      for (const [name, line] of this.lines) {
        if (line.at === undefined || (line.at <= line.acked && !line.owing)) continue;
        line.acked = line.at;
        line.owing = false;
        line.account.acked = Math.max(line.account.acked, line.at);
        frames.push({ op: 'ack', s: name, seq: line.at });
      }
      if (frames.length > 0) this.say(frames);
    });
  }

  private account(name: string): Account {
    return this.world.checker.account(this.who, streamNamed(name, this.who.user));
  }

  private get name(): string {
    return `${this.who.tenant}/${this.who.user}/${this.who.device}`;
  }
}

/** What a server in trouble may answer; and a stream that was left while a frame about it was under way. */
const RETRYABLE = new Set(['STORE_UNAVAILABLE', 'STORE_FULL', 'OVERLOADED', 'DRAINING', 'INTERNAL', 'NOT_FOUND']);
