import { deviceKey, type Device, type DeviceRef, type ProviderToken } from '../../model/device.js';
import { streamKey } from '../../model/stream.js';
import { tokenDigest } from '../../model/token-digest.js';
import type { TokenRef } from '../device-store.js';
import { entryOf, type MemoryData, type TokenUsers } from './memory-data.js';

/** The device's tokens as they are kept: each once, and since when it has them. */
export function datedTokens({ tokens, updatedAt }: Device, known: Device | undefined): ProviderToken[] {
  const since = new Map(known?.tokens.map((token) => [tokenDigest(token), token.registeredAt]));
  const dated = new Map<string, ProviderToken>();
  for (const token of tokens) {
    const digest = tokenDigest(token);
    if (!dated.has(digest)) dated.set(digest, { ...token, registeredAt: since.get(digest) ?? updatedAt });
  }
  return [...dated.values()];
}

/** The device is the owner of its tokens from now on. Answers whom they were taken from. */
export function ownTokens(data: MemoryData, { tenant, user, device, tokens }: Device): DeviceRef[] {
  const self = { tenant, user, device };
  const losers = new Map<string, DeviceRef>();
  for (const token of tokens) {
    const key = streamKey(tenant, tokenDigest(token));
    const owner = data.tokenOwners.get(key);
    if (owner && deviceKey(owner) !== deviceKey(self)) {
      losers.set(deviceKey(owner), owner);
      takeOff(data, { ...owner, token });
    }
    data.tokenOwners.set(key, self);
  }
  return [...losers.values()];
}

/** Nobody owns them any more. */
export function disownTokens(data: MemoryData, { tenant, tokens }: Device): void {
  for (const token of tokens) data.tokenOwners.delete(streamKey(tenant, tokenDigest(token)));
}

/** Takes the token off its device, where that has it and `may` says so. */
export function takeOff(data: MemoryData, ref: TokenRef, may: (token: ProviderToken) => boolean = () => true): boolean {
  const { tenant, user } = ref;
  const devices = data.devices.get(streamKey(tenant, user));
  const device = devices?.get(ref.device);
  const digest = tokenDigest(ref.token);
  const found = device?.tokens.find((token) => tokenDigest(token) === digest);
  if (!devices || !device || !found || !may(found)) return false;
  devices.set(ref.device, { ...device, tokens: device.tokens.filter((token) => token !== found) });
  data.tokenOwners.delete(streamKey(tenant, digest));
  listUser(data, tenant, user);
  return true;
}

/** Keeps the list of users with a token right, after a change of one of the user's devices. */
export function listUser(data: MemoryData, tenant: string, user: string): void {
  const users = entryOf(data.tokenUsers, tenant, (): TokenUsers => ({ all: new Set() }));
  const devices = [...(data.devices.get(streamKey(tenant, user))?.values() ?? [])];
  const listed = devices.some((device) => device.tokens.length > 0);
  if (listed === users.all.has(user)) return;
  if (listed) users.all.add(user);
  else users.all.delete(user);
  users.sorted = undefined;
}
