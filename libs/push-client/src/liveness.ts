import type { Clock, Timer } from './clock.js';

/** How long an answer to our `ping` may take. */
export const PONG_WAIT_MS = 10_000;
const DEFAULT_HEARTBEAT_MS = 25_000;
const SHORTEST_HEARTBEAT_MS = 1_000;
const LONGEST_HEARTBEAT_MS = 300_000;

export interface LivenessPorts {
  clock: Clock;
  ping(): void;
  dead(): void;
}

/**
 * Finds out that a link is dead although its socket looks open. A browser does not show the server's WebSocket pings, so
 * silence alone says nothing: after `heartbeatMs` of it we ask, and `PONG_WAIT_MS` later the link is given up.
 */
export class Liveness {
  private timer: Timer;
  private heardAt = 0;
  private pingedAt: number | undefined;
  private heartbeatMs = 0;

  constructor(private readonly ports: LivenessPorts) {}

  start(heartbeatMs: number = DEFAULT_HEARTBEAT_MS): void {
    this.heartbeatMs = Math.min(Math.max(heartbeatMs, SHORTEST_HEARTBEAT_MS), LONGEST_HEARTBEAT_MS);
    this.heard();
    this.arm(this.heartbeatMs);
  }

  /** Anything arrived. Touches no timer: a busy link would do nothing else. */
  heard(): void {
    this.heardAt = this.ports.clock.now();
    this.pingedAt = undefined;
  }

  stop(): void {
    this.ports.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private arm(ms: number): void {
    this.stop();
    this.timer = this.ports.clock.setTimeout(() => this.check(), ms);
  }

  private check(): void {
    this.timer = undefined;
    if (this.pingedAt !== undefined) {
      this.ports.dead();
      return;
    }
    const quietMs = this.ports.clock.now() - this.heardAt;
    if (quietMs < this.heartbeatMs) {
      this.arm(this.heartbeatMs - quietMs);
      return;
    }
    this.pingedAt = this.ports.clock.now();
    this.arm(PONG_WAIT_MS);
    this.ports.ping();
  }
}
