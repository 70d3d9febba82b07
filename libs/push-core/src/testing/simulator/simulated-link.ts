import type { CloseReason } from '../../close-reasons.js';
import type { SharedFrame } from '../../transports/shared-frame.js';
import type { Link, LinkHandler } from '../../transports/transport.js';
import type { ClientFrame, ServerFrame } from '../../wire.js';
import type { Who } from './account.js';
import { ConnectionWatch } from './connection-watch.js';
import { sabotagedDown, sabotagedUp } from './sabotaged-link.js';
import { parse, type World } from './world.js';

/** The device's end. */
export interface ClientEnd {
  arrived(frames: readonly ServerFrame[]): void;
  ended(code: number): void;
}

/** The server's end: a life of the server. */
export interface ServerEnd {
  readonly dead: boolean;
  /** What time it may take it for: its own clock is not exact. */
  clockRange(): readonly [earliest: number, latest: number];
  /** Runs the engine's code; what it throws breaks a rule. */
  enter(run: () => void): void;
}

interface Parcel {
  readonly frames: readonly ServerFrame[];
  readonly bytes: number;
}

const ABNORMAL = 1006;

/**
 * One link in memory. Frames take their time, and may be dropped, doubled, held up or overtaken.
 *
 *   open    → slow: what is sent stays in the buffer until it ends
 *           → silent (half-open): nothing arrives on either side, and neither is told
 *           → over, for each side at its own time: closed by one of them, or cut
 */
export class SimulatedLink implements Link {
  readonly resends = 'in place';
  readonly lingerMs = 0;
  readonly transport = 'simulated';
  private readonly watch: ConnectionWatch;
  private handler?: LinkHandler;
  private serverOver = false;
  private clientOver = false;
  private silent = false;
  private slow = false;
  private buffer: Parcel[] = [];
  private lastDown = 0;
  private lastUp = 0;

  constructor(
    private readonly world: World,
    private readonly who: Who,
    private readonly server: ServerEnd,
    private readonly client: ClientEnd,
    private readonly over: (link: SimulatedLink) => void,
  ) {
    this.watch = new ConnectionWatch(who, world.checker.ledger, () => server.clockRange(), world.checker.broken);
  }

  attach(handler: LinkHandler): void {
    this.handler = handler;
  }

  // ---- the engine's side

  send(frames: readonly SharedFrame[]): void {
    if (this.serverOver || this.server.dead) return;
    for (const frame of frames) {
      const sent = sabotagedDown(this.world.sabotage, parse(this.world, frame), (ack) => this.deliverUp([ack], false));
      for (const one of sent) this.watch.sent(one);
      const parcel = { frames: sent, bytes: frame.text.length };
      if (this.slow) this.buffer.push(parcel);
      else this.down(parcel);
    }
  }

  bufferedBytes(): number {
    return this.buffer.reduce((sum, parcel) => sum + parcel.bytes, 0);
  }

  ping(): void {
    const { timeline, dice } = this.world;
    if (this.serverOver) return;
    timeline.after(dice.int(1, 40), () => {
      if (!this.silent && !this.serverOver && !this.clientOver) this.server.enter(() => this.handler?.alive());
    });
  }

  close(reason: CloseReason): void {
    if (this.serverOver || this.server.dead) return;
    this.world.trace.add(`close ${this.name} ${reason.code}`);
    this.buffer = [];
    this.endServer(this.world.dice.int(0, 20));
    this.endClient(reason.code, Math.max(this.lastDown - this.world.timeline.now, 0) + 1);
  }

  // ---- the device's side

  transmit(frames: readonly ClientFrame[]): void {
    if (this.clientOver) return;
    const { dice, faults } = this.world;
    const opening = frames.some((frame) => frame.op === 'connect');
    if (!opening && dice.chance(faults.dropFrame)) return this.world.fault('drop');
    this.upOnce(frames, opening);
    if (!opening && dice.chance(faults.doubleFrame)) {
      this.world.fault('double');
      this.upOnce(frames, opening);
    }
  }

  leave(): void {
    if (this.clientOver) return;
    this.clientOver = true;
    if (!this.silent) this.endServer(this.world.dice.int(0, 50));
  }

  // ---- faults

  cut(): void {
    this.buffer = [];
    this.endServer(this.world.dice.int(0, 2000));
    this.endClient(ABNORMAL, this.world.dice.int(0, 500));
    this.silent = true;
  }

  fallSilent(): void {
    this.silent = true;
  }

  beSlow(forMs: number): void {
    if (this.slow || this.serverOver) return;
    this.slow = true;
    this.world.timeline.after(forMs, () => {
      this.slow = false;
      const waiting = this.buffer.splice(0);
      for (const parcel of waiting) this.down(parcel);
      if (waiting.length > 0 && !this.serverOver) this.server.enter(() => this.handler?.drained());
    });
  }

  serverDied(quietly: boolean): void {
    this.serverOver = true;
    this.buffer = [];
    if (quietly) this.silent = true;
    else this.endClient(ABNORMAL, this.world.dice.int(0, 200));
  }

  // ---- inside

  private get name(): string {
    return `${this.who.tenant}/${this.who.user}/${this.who.device}`;
  }

  private down(parcel: Parcel): void {
    const { dice, faults } = this.world;
    if (dice.chance(faults.dropFrame)) return this.world.fault('drop');
    this.downOnce(parcel);
    if (dice.chance(faults.doubleFrame)) {
      this.world.fault('double');
      this.downOnce(parcel);
    }
  }

  private downOnce({ frames }: Parcel): void {
    const at = this.arrival(this.lastDown);
    if (!at.overtaken) this.lastDown = at.time;
    this.world.timeline.after(at.time - this.world.timeline.now, () => {
      if (this.clientOver || this.silent) return;
      for (const frame of frames) this.world.trace.add(`< ${this.name} ${briefly(frame)}`);
      this.client.arrived(frames);
    });
  }

  private upOnce(frames: readonly ClientFrame[], opening: boolean): void {
    const at = this.arrival(this.lastUp);
    if (opening || !at.overtaken) this.lastUp = at.time;
    this.world.timeline.after(at.time - this.world.timeline.now, () => {
      if (!this.clientOver && !this.silent) this.deliverUp(frames, true);
    });
  }

  private deliverUp(frames: readonly ClientFrame[], genuine: boolean): void {
    if (this.serverOver) return;
    if (genuine) for (const frame of frames) this.world.trace.add(`> ${this.name} ${briefly(frame)}`);
    if (genuine) for (const frame of frames) this.watch.received(frame);
    const arriving = sabotagedUp(this.world.sabotage, frames);
    if (arriving.length === 0) return;
    this.server.enter(() => this.handler?.received(arriving.map((frame) => JSON.stringify(frame)).join('\n')));
  }

  private arrival(last: number): { time: number; overtaken: boolean } {
    const { dice, faults, timeline } = this.world;
    let time = timeline.now + dice.int(1, 20);
    if (!dice.chance(faults.delayFrame)) return { time: Math.max(time, last), overtaken: false };
    this.world.fault('delay');
    time += dice.int(1, faults.delayMs);
    return { time: Math.max(time, last), overtaken: dice.chance(faults.reorder) };
  }

  private endServer(inMs: number): void {
    if (this.serverOver) return;
    this.serverOver = true;
    this.over(this);
    this.world.timeline.after(inMs, () => this.server.enter(() => this.handler?.closed()));
  }

  private endClient(code: number, inMs: number): void {
    this.world.timeline.after(inMs, () => {
      if (this.clientOver || (this.silent && code !== ABNORMAL)) return;
      this.clientOver = true;
      this.client.ended(code);
    });
  }
}

function briefly(frame: ServerFrame | ClientFrame): string {
  switch (frame.op) {
    case 'push':
      return `push ${frame.s} ${frame.seq} ${frame.id}`;
    case 'ack':
      return `ack ${frame.s} ${frame.seq}`;
    default:
      return JSON.stringify(frame);
  }
}
