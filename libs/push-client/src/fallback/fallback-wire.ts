import type { ClientFrame } from 'push-core/wire';
import type { Timer } from '../clock.js';
import { BROKEN, type LinkEnd, REPLACED } from '../close-plan.js';
import { decode } from '../decode.js';
import { isPushClientError } from '../errors.js';
import type { Hello, TransportName, Wire, WirePorts, WireSetup } from '../transports/wire.js';
import type { Ladder, Rung } from './ladder.js';

/** A connection that stands this long shows that its transport works here. */
const STABLE_MS = 5_000;
/** How long a request that was given up may still be under way, in a proxy say, and replace what came after it. */
const ECHO_MS = 60_000;

/** What a client's connections know of the ones before them. */
export interface Memory {
  ladder: Ladder;
  /** Until then a connection may be replaced by what an earlier one of ours has sent. */
  echoUntil: number;
}

/**
 * One connection, over whichever transport gets through.
 *
 * - *opening*: the transport the ladder names is tried. If it ends before `connected`, so does this connection, and the
 *   ladder decides about the next one.
 * - *up*: frames pass in both directions. Where the ladder has something above, it is tried after a while.
 * - *probing*: a second wire is made over a better transport, the best first, while the first one runs on; from the moment
 *   on which the server may know of the probe the first one begins no new request. `connected` on the probe makes it the
 *   wire, and is passed on. If it fails, or says nothing in `connectWaitMs`, the next better one is tried, or all of them
 *   again after a longer while.
 * - *orphaned*: the server ended the first wire because it knows of the probe (a device has one connection), but the
 *   probe has not heard it yet. If it never does, the connection has ended.
 *
 * "Replaced" does not always come from another client, then: it is our own doing too where a request given up a minute
 * ago may only now have arrived. The connection has merely ended in that case.
 */
export class FallbackWire implements Wire {
  private hello: Hello | undefined;
  private rung: Rung;
  private running: Wire;
  private wasOpened = false;
  private isUp = false;
  private isOrphaned = false;
  private isOver = false;
  private probe: { rung: Rung; wire: Wire; wasOpened: boolean; deadline: Timer; next: readonly Rung[] } | undefined;
  private heldTimer: Timer;
  private climbTimer: Timer;

  constructor(
    private readonly setup: WireSetup,
    private readonly memory: Memory,
    private readonly ports: WirePorts,
  ) {
    this.rung = memory.ladder.rung;
    this.running = this.make(this.rung);
  }

  get transport(): TransportName {
    return this.running.transport;
  }

  async open(hello: Hello): Promise<void> {
    this.hello = hello;
    try {
      await this.running.open(hello);
    } catch (error) {
      if (this.isOver) return;
      this.count({ code: BROKEN, reason: '' });
      // Not to be had on this platform; but there are others.
      if (isPushClientError(error) && !this.memory.ladder.isAlone) this.ports.failed(error.message, error);
      else throw error;
    }
  }

  send(frames: readonly ClientFrame[]): void {
    if (!this.isOrphaned) this.running.send(frames);
  }

  flush(): Promise<void> {
    return this.running.flush();
  }

  hold(isHeld: boolean): void {
    this.running.hold(isHeld);
  }

  close(code: number, reason: string): void {
    // Frames that were passed on decided it: a `bye`, or what the client made of them.
    this.count({ code, reason });
    this.setup.clock.clearTimeout(this.climbTimer);
    this.dropProbe();
    this.running.close(code, reason);
  }

  private make(rung: Rung): Wire {
    const ifRunning = (run: () => void) => {
      if (wire === this.running && !this.isOver && !this.isOrphaned) run();
    };
    const wire = rung({
      opened: () => this.opened(wire),
      frames: (items) => (wire === this.probe?.wire ? this.probed(items) : ifRunning(() => this.pass(items))),
      isCrowded: () => this.ports.isCrowded(),
      bad: (problem) => ifRunning(() => this.ports.bad(problem)),
      failed: (message, cause) => {
        if (wire === this.probe?.wire) this.probeFailed();
        ifRunning(() => {
          this.count({ code: 1006, reason: message });
          this.ports.failed(message, cause);
        });
      },
      ended: (end) => {
        if (wire === this.probe?.wire) this.probeFailed();
        ifRunning(() => (end.code === REPLACED && this.isOwnDoing ? this.orphan() : this.end(end)));
      },
    });
    return wire;
  }

  // ---- the running wire

  private opened(wire: Wire): void {
    if (wire === this.probe?.wire) {
      this.probe.wasOpened = true;
      this.running.hold(true);
      return;
    }
    // A stream begun anew gives up the one before.
    if (this.isUp) this.echo();
    this.wasOpened = true;
  }

  private pass(items: readonly unknown[]): void {
    if (!this.isUp && items.some(isConnected)) this.up();
    const replaced = this.isOwnDoing ? items.findIndex(isReplaced) : -1;
    this.ports.frames(replaced < 0 ? items : items.slice(0, replaced));
    if (replaced >= 0 && !this.isOver) this.orphan();
  }

  private up(): void {
    const { ladder } = this.memory;
    this.isUp = true;
    ladder.connected(this.rung);
    this.setup.clock.clearTimeout(this.heldTimer);
    this.heldTimer = this.setup.clock.setTimeout(() => ladder.held(), STABLE_MS);
    this.planClimb();
  }

  private orphan(): void {
    this.isOrphaned = true;
    this.running.close(1000, '');
    if (this.probe === undefined) this.end({ code: 1006, reason: 'replaced by an attempt of our own' });
  }

  private end(end: LinkEnd): void {
    this.count(end);
    this.ports.ended(end);
  }

  /** This connection is over: what does that say about its transport? */
  private count(end: LinkEnd): void {
    if (this.isOver) return;
    this.isOver = true;
    this.setup.clock.clearTimeout(this.heldTimer);
    if (!this.isUp && this.wasOpened) this.echo();
    if (end.code !== 1000) this.memory.ladder.broke(this.rung, end, this.isUp);
  }

  private get isOwnDoing(): boolean {
    return this.probe?.wasOpened === true || this.setup.clock.now() < this.memory.echoUntil;
  }

  private echo(): void {
    this.memory.echoUntil = this.setup.clock.now() + ECHO_MS;
  }

  // ---- the probe

  private planClimb(): void {
    const { clock } = this.setup;
    const { ladder } = this.memory;
    clock.clearTimeout(this.climbTimer);
    if (ladder.above.length === 0) return;
    this.climbTimer = clock.setTimeout(() => this.climb(ladder.above), ladder.climbInMs(clock.now()));
  }

  private climb([rung, ...next]: readonly Rung[]): void {
    if (rung === undefined) {
      this.memory.ladder.climbed();
      this.planClimb();
      return;
    }
    const wire = this.make(rung);
    const deadline = this.setup.clock.setTimeout(() => this.probeFailed(), this.setup.connectWaitMs);
    this.probe = { rung, wire, wasOpened: false, deadline, next };
    wire.open(this.hello as Hello).catch(() => {
      if (wire === this.probe?.wire) this.probeFailed();
    });
  }

  private probed(items: readonly unknown[]): void {
    if (this.probe === undefined || !items.some(isConnected)) return;
    const { rung, wire, deadline } = this.probe;
    const old = this.running;
    this.setup.clock.clearTimeout(deadline);
    this.probe = undefined;
    this.rung = rung;
    this.running = wire;
    this.isOrphaned = false;
    this.memory.ladder.climbed();
    this.up();
    this.echo();
    old.close(1000, '');
    this.ports.frames(items);
  }

  private probeFailed(): void {
    const next = this.probe?.next ?? [];
    this.dropProbe();
    if (this.isOrphaned) this.end({ code: 1006, reason: 'replaced by an attempt of our own' });
    else {
      this.running.hold(false);
      this.climb(next);
    }
  }

  private dropProbe(): void {
    const { probe } = this;
    if (probe === undefined) return;
    this.probe = undefined;
    this.setup.clock.clearTimeout(probe.deadline);
    if (probe.wasOpened) this.echo();
    probe.wire.close(1000, '');
  }
}

function isConnected(item: unknown): boolean {
  const decoded = decode(item);
  return decoded.kind === 'frame' && decoded.frame.op === 'connected';
}

/** Servers write `op` first; looked for in every frame, so without reading it. */
function isReplaced(item: unknown): boolean {
  if (typeof item !== 'string' || !item.startsWith('{"op":"bye"')) return false;
  const decoded = decode(item);
  return decoded.kind === 'frame' && decoded.frame.op === 'bye' && decoded.frame.code === REPLACED;
}
