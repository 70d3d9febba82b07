import { SECRET_SETTINGS, systemClock, type Store } from 'push-core';
import type { Accounts, Resealed } from '../accounts/accounts.js';
import type { KeyRing } from './key-ring.js';

/** Something that keeps sealed values: it seals those that have another seal again by the first key. */
export interface SealedPlace {
  /** For the report, for example `credentials`. */
  readonly name: string;
  reseal(): Promise<Resealed>;
}

export type ResealReport = Readonly<Record<string, Resealed>>;

/**
 * Seals everything by the first key of the ring, place by place; after that the keys behind it are needed no more, and the
 * database says so. All nodes have the new ring before: one that has not would seal by the old key.
 */
export async function resealAll(
  accounts: Accounts,
  ring: KeyRing,
  places: readonly SealedPlace[],
): Promise<ResealReport> {
  const report: Record<string, Resealed> = { secrets: await accounts.reseal() };
  for (const place of places) report[place.name] = await place.reseal();
  for (const { id } of await accounts.ringKeys()) if (id !== ring.current) await accounts.removeRingKey(id);
  return report;
}

const PAGE = 500;

/** The settings of every tenant. `store` is the one below `sealSettings`: values are read and written as they are kept. */
export const sealedSettings = (store: Pick<Store, 'settings'>, accounts: Accounts, ring: KeyRing): SealedPlace => ({
  name: 'settings',
  async reseal() {
    const counts = { resealed: 0, kept: 0 };
    for (let after: string | undefined, more = true; more;) {
      const tenants = await accounts.tenants({ after, limit: PAGE });
      for (const { id } of tenants) await resealTenant(store, id, ring, counts);
      after = tenants.at(-1)?.id;
      more = tenants.length === PAGE;
    }
    return counts;
  },
});

async function resealTenant(
  { settings }: Pick<Store, 'settings'>,
  tenant: string,
  ring: KeyRing,
  counts: { resealed: number; kept: number },
): Promise<void> {
  for (const prefix of SECRET_SETTINGS) {
    for (const { name, value, version } of await settings.list(tenant, prefix)) {
      if (ring.isCurrent(value)) {
        counts.kept++;
        continue;
      }
      const about = `${tenant} ${name}`;
      const sealed = ring.seal(ring.open(value, about), about);
      // Where somebody wrote it in between it has the first key's seal already.
      const put = await settings.put({ tenant, name }, sealed, systemClock.now(), version);
      if (put) counts.resealed++;
      else counts.kept++;
    }
  }
}
