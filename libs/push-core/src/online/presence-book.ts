import type { Clock, Timer } from '../clock/clock.js';
import type { Events } from '../events.js';
import { deviceKey, type DeviceRef } from '../model/device.js';
import type { PresenceMove, PresenceStore } from '../store/presence-store.js';
import type { Connection } from './connection.js';

const WRITE_AFTER_MS = 500;
/** A device that is back within this time was never away, as far as listeners are told. */
const SETTLE_MS = 2000;

interface Leaving extends DeviceRef {
  readonly lastSeenAt: number;
  /** On the elapsed clock. */
  readonly dueAt: number;
}

/**
 * Connections that began and ended, on their way to the store, under this node's lease. Coming and going is told to
 * listeners once it has settled: a device that only changed its link did neither.
 */
export class PresenceBook {
  private moves: PresenceMove[] = [];
  /** Devices in `moves`, and in the write under way. */
  private owed = new Set<string>();
  private taken?: ReadonlySet<string>;
  private writing: Promise<void> = Promise.resolve();
  /** A write that has not begun: it takes along what is noted until then. */
  private next?: Promise<void>;
  private timer?: Timer;
  private leaseTimer?: Timer;
  private readonly leaving = new Map<string, Leaving>();
  private readonly here = new Map<string, Connection>();

  constructor(
    private readonly store: PresenceStore,
    private readonly clock: Clock,
    private readonly events: Events,
    /** This life of the node: a restart under the same name does not inherit what the crash left behind. */
    private readonly node: string,
    private readonly leaseMs: number,
  ) {}

  start(): void {
    void this.renew();
    this.planRenewal();
  }

  /** Resolves when other nodes find the connections here. They may still fail to be admitted: `left` takes it back. */
  async announce(connections: readonly Connection[]): Promise<void> {
    for (const connection of connections) {
      this.note(deviceKey(connection), connection, true);
      connection.announced = true;
    }
    if (connections.length > 0) await this.flush();
  }

  arrived(connection: Connection): void {
    const key = deviceKey(connection);
    const wasHere = this.here.has(key) || this.leaving.delete(key);
    this.here.set(key, connection);
    if (!connection.announced) this.note(key, connection, true);
    if (wasHere || !this.events.wants('presence')) return;
    const { tenant, user, device } = connection;
    this.events.emit('presence', { tenant, user, device, online: true, lastSeenAt: this.clock.now() });
  }

  left(connection: Connection): void {
    const key = deviceKey(connection);
    this.note(key, connection, false);
    if (this.here.get(key) !== connection) return;
    this.here.delete(key);
    if (!this.events.wants('presence')) return;
    const { tenant, user, device } = connection;
    const dueAt = this.clock.elapsed() + Math.max(SETTLE_MS, connection.link.lingerMs);
    this.leaving.set(key, { tenant, user, device, lastSeenAt: connection.lastHeardAt(), dueAt });
  }

  /** The store does not know yet what was noted of the device: `flush` first. */
  owes(device: DeviceRef): boolean {
    const key = deviceKey(device);
    return this.owed.has(key) || (this.taken?.has(key) ?? false);
  }

  /** Resolves when what was noted before the call is in the store. Rejects when the store fails; the notes are kept. */
  flush(): Promise<void> {
    this.next ??= this.writing = this.writing
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.write();
      });
    return this.next;
  }

  /** Called about once a second. */
  tick(elapsed: number): void {
    if (this.leaving.size === 0) return;
    const due: Leaving[] = [];
    for (const [key, one] of this.leaving) {
      if (one.dueAt > elapsed) continue;
      this.leaving.delete(key);
      due.push(one);
    }
    if (due.length > 0) this.tellGone(due).catch((error: unknown) => this.trouble(error));
  }

  stop(): void {
    this.timer?.cancel();
    this.leaseTimer?.cancel();
    this.timer = this.leaseTimer = undefined;
  }

  /** The node's connections are over; it gives its lease back. */
  async close(): Promise<void> {
    this.stop();
    try {
      await this.flush();
      await this.store.release(this.node);
    } catch (error) {
      this.trouble(error);
    }
  }

  private note(key: string, connection: Connection, online: boolean): void {
    this.owed.add(key);
    const { tenant, user, device, id, link } = connection;
    const at = online ? this.clock.now() : connection.lastHeardAt();
    const onlineUntil = !online && link.lingerMs > 0 ? this.clock.now() + link.lingerMs : undefined;
    const { node } = this;
    this.moves.push({ tenant, user, device, connection: id, node, transport: link.transport, online, at, onlineUntil });
    this.timer ??= this.clock.after(WRITE_AFTER_MS, () => {
      this.timer = undefined;
      this.flush().catch(() => undefined);
    });
  }

  private async write(): Promise<void> {
    if (this.moves.length === 0) return;
    const { moves, owed } = this;
    this.taken = owed;
    this.moves = [];
    this.owed = new Set();
    try {
      await this.store.record(moves);
    } catch (error) {
      this.moves = [...moves, ...this.moves];
      for (const key of owed) this.owed.add(key);
      this.trouble(error);
      throw error;
    } finally {
      this.taken = undefined;
    }
  }

  /** A device that went on to another node is not gone. */
  private async tellGone(due: readonly Leaving[]): Promise<void> {
    await this.flush();
    const byTenant = new Map<string, Leaving[]>();
    for (const one of due) byTenant.set(one.tenant, [...(byTenant.get(one.tenant) ?? []), one]);
    for (const [tenant, some] of byTenant) {
      const loaded = await this.store.load(
        tenant,
        some.map((one) => one.user),
        this.clock.now(),
      );
      some.forEach(({ user, device, lastSeenAt }, i) => {
        if (loaded[i]?.some((one) => one.device === device && one.online)) return;
        this.events.emit('presence', { tenant, user, device, online: false, lastSeenAt });
      });
    }
  }

  private async renew(): Promise<void> {
    const now = this.clock.now();
    try {
      await this.store.lease(this.node, now, now + this.leaseMs);
      if (this.moves.length > 0) await this.flush();
    } catch (error) {
      this.trouble(error);
    }
  }

  private planRenewal(): void {
    this.leaseTimer = this.clock.after(Math.ceil(this.leaseMs / 3), () => {
      void this.renew();
      if (this.leaseTimer) this.planRenewal();
    });
  }

  private trouble(error: unknown): void {
    this.events.emit('trouble', { during: 'write of presence', error });
  }
}
