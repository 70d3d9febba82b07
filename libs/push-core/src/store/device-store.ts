import type { Device, DeviceRef, ProviderToken, UserRef } from '../model/device.js';

/** A token, as the device that has it. */
export interface TokenRef extends DeviceRef {
  readonly token: ProviderToken;
}

/**
 * The registry of devices. One physical token (provider and token, as `tokenDigest` sees them) belongs to one device of a tenant: whoever put it last.
 * In the same transaction it leaves the device that had it.
 */
export interface DeviceStore {
  /**
   * Creates or replaces; `registeredAt` of an existing device is kept, and of each token it had already
   * (`ProviderToken.registeredAt`); one that is new to it, or returns, has `updatedAt`, whatever was given. A token that is listed twice is kept
   * where it stands first. Resolves with what is stored, and whom tokens were taken from (each once, never the device itself).
   */
  put(device: Device): Promise<{ readonly device: Device; readonly movedFrom: readonly DeviceRef[] }>;
  /** By device id, ascending. */
  list(tenant: string, user: string): Promise<readonly Device[]>;
  /** For each user, as `list`. */
  of(users: readonly UserRef[]): Promise<readonly (readonly Device[])[]>;
  /** Users of the tenant with a device that has a token, ascending by code point, after `after`. */
  users(tenant: string, after: string, limit: number): Promise<readonly string[]>;
  /** Takes tokens off their devices where they are still theirs and were registered at `before` or earlier. Answers for each whether it was. */
  dropTokens(tokens: readonly (TokenRef & { readonly before: number })[]): Promise<readonly boolean[]>;
  /** Removes the device, its tokens, its cursors and its follows. False when there was none. */
  remove(device: DeviceRef): Promise<boolean>;
}
