import { tokenDigest, type Device, type DeviceRef, type ProviderToken } from 'push-core';
import { inLockOrder } from './lock-order.js';
import { pair } from './pair.js';
import type { DeviceKey, Pair, SqlDialect } from './sql-dialect.js';
import type { Steps } from './steps.js';

/**
 * Stores a device, and makes the tokens it names its own. Whose a token is stands in the tokens' own table alone; a
 * device that has lost one still names it, and has it no more. The tokens are locked first, in one order for all: two
 * devices that put the same one at once come one after the other.
 */
export function* putDeviceSteps(
  sql: SqlDialect,
  device: Device,
): Steps<{ readonly device: Device; readonly movedFrom: readonly DeviceRef[] }> {
  const { tenant, user } = device;
  const key: DeviceKey = [tenant, user, device.device];
  const named = new Map<string, ProviderToken>();
  for (const token of device.tokens) {
    const digest = tokenDigest(token);
    if (!named.has(digest)) named.set(digest, withoutTime(token));
  }
  const digests = [...named.keys()];
  const since = new Map(digests.map((digest) => [digest, device.updatedAt]));
  const movedFrom = new Map<string, DeviceRef>();

  const tokens = inLockOrder(
    digests.map((digest): Pair => [tenant, digest]),
    2,
  );
  for (const row of tokens.length > 0 ? yield* sql.lockTokens(tokens) : []) {
    const owner = { tenant, user: row.user as string, device: row.device as string };
    const [, digest] = tokens[row.at as number] as Pair;
    if (owner.user === user && owner.device === device.device) since.set(digest, row.registered_at as number);
    else movedFrom.set(pair(owner.user, owner.device), owner);
  }
  if (tokens.length > 0) yield* sql.putTokens(tokens.map((one) => [...one, user, device.device, since.get(one[1])]));
  yield* sql.dropOtherTokens(key, digests);

  const [row] = yield* sql.putDevice([
    ...key,
    device.platform,
    JSON.stringify([...named.values()]),
    device.locale ?? null,
    device.timeZone ?? null,
    device.appVersion ?? null,
    device.registeredAt,
    device.updatedAt,
  ]);
  const stored = [...named].map(([digest, token]) => ({ ...token, registeredAt: since.get(digest) as number }));
  return {
    device: { ...device, tokens: stored, registeredAt: row?.registered_at as number },
    movedFrom: [...movedFrom.values()],
  };
}

/** Since when it is this device's, the store itself knows. */
function withoutTime({ registeredAt: _, ...token }: ProviderToken): ProviderToken {
  return token;
}
