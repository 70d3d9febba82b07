import type { UserRef } from '../../model/device.js';
import { streamKey } from '../../model/stream.js';
import type { DevicePresence, PresenceMove, PresenceStore } from '../presence-store.js';
import { byCodePoint } from './code-point-order.js';
import { entryOf, type MemoryData } from './memory-data.js';

/** A lease that ended so long ago is taken for a crash, and what the node left behind is settled. */
const SETTLED_AFTER_MS = 24 * 60 * 60 * 1000;

export class MemoryPresence implements PresenceStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async record(moves: readonly PresenceMove[]): Promise<void> {
    this.check();
    for (const move of moves) {
      const user = streamKey(move.tenant, move.user);
      if (!move.online && this.data.presence.get(user)?.get(move.device)?.connection !== move.connection) continue;
      entryOf(this.data.presence, user, () => new Map<string, PresenceMove>()).set(move.device, { ...move });
    }
  }

  async lease(node: string, now: number, until: number): Promise<void> {
    this.check();
    this.data.leases.set(node, { renewedAt: now, until });
    for (const [other, lease] of this.data.leases) if (lease.until + SETTLED_AFTER_MS <= now) this.settle(other);
  }

  async release(node: string): Promise<void> {
    this.check();
    this.settle(node);
  }

  async load(tenant: string, users: readonly string[], now: number): Promise<readonly (readonly DevicePresence[])[]> {
    this.check();
    return users.map((user) => {
      const devices = [...(this.data.presence.get(streamKey(tenant, user))?.values() ?? [])];
      return devices.sort((a, b) => byCodePoint(a.device, b.device)).map((move) => this.judged(move, now));
    });
  }

  async holders(users: readonly UserRef[], now: number): Promise<readonly (readonly string[])[]> {
    this.check();
    return users.map(({ tenant, user }) => {
      const nodes = new Set<string>();
      for (const move of this.data.presence.get(streamKey(tenant, user))?.values() ?? []) {
        if (this.isOnline(move, now)) nodes.add(move.node);
      }
      return [...nodes];
    });
  }

  private isOnline({ node, online, onlineUntil }: PresenceMove, now: number): boolean {
    if ((this.data.leases.get(node)?.until ?? now) <= now) return false;
    return onlineUntil === undefined ? online : onlineUntil > now;
  }

  private judged(move: PresenceMove, now: number): DevicePresence {
    const { device, node, transport } = move;
    const online = this.isOnline(move, now);
    return { device, online, node, transport, lastSeenAt: online ? now : this.lastSeen(node, move) };
  }

  private lastSeen(
    node: string,
    { online, at, onlineUntil }: Pick<PresenceMove, 'online' | 'at' | 'onlineUntil'>,
  ): number {
    if (!online || onlineUntil !== undefined) return at;
    return Math.max(at, this.data.leases.get(node)?.renewedAt ?? 0);
  }

  /** Writes down what its end means for the node's connections, and forgets the node. */
  private settle(node: string): void {
    for (const devices of this.data.presence.values()) {
      for (const [device, { onlineUntil, ...move }] of devices) {
        if (move.node !== node) continue;
        devices.set(device, { ...move, online: false, at: this.lastSeen(node, { ...move, onlineUntil }) });
      }
    }
    this.data.leases.delete(node);
  }
}
