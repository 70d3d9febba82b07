import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../clock/clock.js';
import type { SiteLimits } from './create-pool.js';
import { Session } from './h2/session.js';
import type { Stream } from './h2/stream.js';
import type { Link, LinkEvents } from './link.js';
import type { Pending } from './pending.js';

/**
 * One HTTP/2 connection.
 *
 *   new       until the server's SETTINGS are here: one request at a time
 *   open      as many as SETTINGS allow
 *   suspect   a deadline passed in silence: it is PINGed, and gets nothing until it answers. No answer: closed
 *   leaving   GOAWAY, retired or closing: what it has is finished, it gets nothing more
 *   closed    what it had and was above GOAWAY's last stream was not processed; of the rest nobody knows
 */
export class H2Link implements Link {
  idleSince: number;
  private readonly session: Session;
  private leaving = false;
  private suspect = false;
  private heardAt: number;
  private tick?: Timer;
  private pong?: Timer;

  constructor(
    origin: string,
    socket: Socket,
    private readonly clock: Clock,
    private readonly limits: Pick<SiteLimits, 'maxStreams' | 'pingEveryMs' | 'pingTimeoutMs' | 'idleMs'>,
    private readonly events: LinkEvents,
  ) {
    this.idleSince = this.heardAt = clock.elapsed();
    this.session = new Session(origin, socket, {
      freed: () => this.freed(),
      heard: () => (this.heardAt = this.clock.elapsed()),
      pong: () => this.answered(),
      leaving: () => (this.leaving = true),
      refused: (pending, reason) => this.events.refused(pending, reason, true),
      closed: () => this.end(),
    });
    this.plan();
  }

  get busy(): number {
    return this.session.streams.size;
  }

  get usable(): boolean {
    return !this.leaving && !this.suspect && !this.session.closed;
  }

  get room(): number {
    if (!this.usable) return 0;
    return Math.max(0, Math.min(this.session.maxStreams ?? 1, this.limits.maxStreams) - this.busy);
  }

  send(pending: Pending): void {
    const stream = this.session.request(pending, this.clock.elapsed());
    if (stream === 'full') {
      this.leaving = true;
      return this.events.refused(pending, 'closed', false);
    }
    pending.expire = () => this.expire(stream);
  }

  retire(): void {
    this.leaving = true;
    if (this.busy === 0) this.session.close();
  }

  private freed(): void {
    if (this.busy === 0) {
      this.idleSince = this.clock.elapsed();
      if (this.leaving && !this.session.closed) this.session.close();
    }
    this.events.freed();
  }

  private expire(stream: Stream): void {
    if (stream.status > 0) {
      stream.settle(true);
    } else {
      stream.pending.settle({ kind: 'unknown', reason: 'deadline' });
      this.doubt(stream.startedAt);
    }
    this.session.cancel(stream);
  }

  /** A request had no answer in time. Where nothing at all was heard meanwhile, the connection itself may be dead. */
  private doubt(since: number): void {
    if (this.heardAt > since || this.suspect) return;
    this.suspect = true;
    this.ping();
  }

  private plan(): void {
    this.tick = this.clock.after(this.limits.pingEveryMs, () => {
      if (this.busy === 0 && this.clock.elapsed() - this.idleSince >= this.limits.idleMs) return this.retire();
      this.ping();
      this.plan();
    });
  }

  private ping(): void {
    if (this.pong || this.session.closed) return;
    this.pong = this.clock.after(this.limits.pingTimeoutMs, () => this.session.destroy());
    this.session.ping();
  }

  private answered(): void {
    this.pong?.cancel();
    this.pong = undefined;
    this.suspect = false;
    this.events.freed();
  }

  private end(): void {
    this.leaving = true;
    this.tick?.cancel();
    this.pong?.cancel();
    this.events.gone();
  }
}
