import type { UserRef } from '../model/device.js';
import { isFor } from '../model/message.js';
import type { Store } from '../store/store.js';
import type { Case, Facts } from './case.js';

/** The facts of many cases, in a fixed number of calls to the store. In their order. */
export async function gatherFacts(store: Store, cases: readonly Case[], now: number): Promise<readonly Facts[]> {
  if (cases.length === 0) return [];
  const users = cases.map(({ message, user }): UserRef => ({ tenant: message.tenant, user }));
  const places = cases.map(({ place, message, user }) => ({
    ...place,
    tenant: message.tenant,
    user,
    thread: message.thread,
  }));
  const [reached, read, presence, devices, preferences] = await Promise.all([
    store.cursors.reachedBy(places),
    store.reads.covers(places),
    presenceOf(store, users, now),
    store.devices.of(users),
    store.preferences.load(users),
  ]);
  return cases.map(({ user, filter }, i) => {
    const connected = presence[i] ?? NOBODY;
    return {
      acknowledgedBy: (reached[i] ?? []).filter((device) => !filter || isFor(filter, user, device)),
      isRead: read[i] ?? false,
      isConnected: connected.size > 0,
      connected,
      devices: (devices[i] ?? []).filter(({ device }) => !filter || isFor(filter, user, device)),
      preferences: preferences[i] ?? {},
    };
  });
}

/** Devices that are connected, for each user. */
export async function presenceOf(
  store: Store,
  users: readonly UserRef[],
  now: number,
): Promise<readonly ReadonlySet<string>[]> {
  const byTenant = new Map<string, number[]>();
  users.forEach(({ tenant }, at) => {
    const positions = byTenant.get(tenant);
    if (positions) positions.push(at);
    else byTenant.set(tenant, [at]);
  });
  const found: ReadonlySet<string>[] = users.map(() => NOBODY);
  await Promise.all(
    [...byTenant].map(async ([tenant, positions]) => {
      const names = positions.map((at) => (users[at] as UserRef).user);
      const loaded = await store.presence.load(tenant, names, now);
      positions.forEach((at, i) => {
        const online = (loaded[i] ?? []).filter((one) => one.online);
        if (online.length > 0) found[at] = new Set(online.map(({ device }) => device));
      });
    }),
  );
  return found;
}

const NOBODY: ReadonlySet<string> = new Set();
