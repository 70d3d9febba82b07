import { systemClock } from '../clock/system-clock.js';
import { systemRandom } from '../ids/ids.js';
import { createHttpPool, type HttpPoolOptions } from './http/create-pool.js';
import { createEgressGuard, type EgressGuard } from './http/egress-guard.js';
import type { HttpPool } from './http/pool.js';
import type { ProviderFactory } from './provider.js';

export interface OfflineOverOptions {
  /** Hosts and networks that tenants and devices may lead to, beside public https hosts: `localhost:9000`, `10.0.0.0/8`. */
  readonly allow?: readonly string[];
  readonly pool?: Partial<Omit<HttpPoolOptions, 'guard'>>;
}

/**
 * What the option `offline` needs to reach `providers` over the network: one pool of connections, closed with the engine, and one guard
 * for the addresses that tenants and devices give.
 */
export function offlineOver(
  providers: readonly ProviderFactory[],
  { allow, pool }: OfflineOverOptions = {},
): { readonly providers: readonly ProviderFactory[]; readonly http: HttpPool; readonly guard: EgressGuard } {
  const guard = createEgressGuard({ allow });
  return { providers, http: createHttpPool({ clock: systemClock, random: systemRandom, ...pool, guard }), guard };
}
