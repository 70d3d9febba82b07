import type { KeyBundle } from './bundle.js';

/**
 * Where devices find each other's public keys: the application's own backend, which knows who may ask. It is believed in nothing but that
 * it answers: bundles are signed, first ones pinned, changes told.
 */
export interface KeyDirectory {
  /** Bundles of all devices of these users, in any order; none for users without. What is no bundle is ignored. */
  bundlesOf(users: readonly string[]): Promise<readonly unknown[]>;
  /** In the place of an earlier one of this device. */
  publish(bundle: KeyBundle): Promise<void>;
  /** The device is gone, or lost. */
  remove(user: string, device: string): Promise<void>;
}

/** For tests. */
export class MemoryDirectory implements KeyDirectory {
  private readonly bundles = new Map<string, KeyBundle>();

  bundlesOf(users: readonly string[]): Promise<readonly unknown[]> {
    return Promise.resolve([...this.bundles.values()].filter(({ user }) => users.includes(user)));
  }

  publish(bundle: KeyBundle): Promise<void> {
    this.bundles.set(`${bundle.user} ${bundle.device}`, bundle);
    return Promise.resolve();
  }

  remove(user: string, device: string): Promise<void> {
    this.bundles.delete(`${user} ${device}`);
    return Promise.resolve();
  }
}
