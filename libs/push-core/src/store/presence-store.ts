import type { DeviceRef, UserRef } from '../model/device.js';

/** A device's connection began or ended. */
export interface PresenceMove extends DeviceRef {
  readonly connection: string;
  readonly node: string;
  readonly transport: string;
  readonly online: boolean;
  /** When it was last heard of. Unix milliseconds. */
  readonly at: number;
  /** A link that comes and goes (a long poll): the device counts as connected until then. Unix milliseconds. */
  readonly onlineUntil?: number;
}

export interface DevicePresence {
  readonly device: string;
  readonly online: boolean;
  readonly node: string;
  readonly transport: string;
  /** Now, for a device that is online. Unix milliseconds. */
  readonly lastSeenAt: number;
}

/**
 * Which devices are connected, and when they were last. A node's connections count as long as its lease does: what a
 * crashed node left behind reads as offline, last seen when the lease was last renewed.
 */
export interface PresenceStore {
  /**
   * Atomic over the batch, in order. A move to offline counts only for the connection that is stored: an end that
   * arrives late does not undo the connection that came after it.
   */
  record(moves: readonly PresenceMove[]): Promise<void>;
  /** The node lives until `until`, as seen at `now`. Unix milliseconds. */
  lease(node: string, now: number, until: number): Promise<void>;
  /** The node is gone; its connections read as offline. */
  release(node: string): Promise<void>;
  /** For each user, its devices that ever connected, by device id ascending. */
  load(tenant: string, users: readonly string[], now: number): Promise<readonly (readonly DevicePresence[])[]>;
  /**
   * The directory: for each user, the nodes that hold a connection of it, each once, in their order. A node's connections
   * count as in `load`. What a `record` that has resolved put there is found from then on, from every node.
   */
  holders(users: readonly UserRef[], now: number): Promise<readonly (readonly string[])[]>;
}
