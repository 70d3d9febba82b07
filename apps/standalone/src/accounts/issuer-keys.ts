import type { ReadJwks } from 'nest-push';
import { systemClock } from 'push-core';
import { createEgressGuard, createHttpPool, type HttpPool } from 'push-core/providers';

const DEADLINE_MS = 5_000;
const MOST_BYTES = 64 * 1024;

/** Reads the keys of tenants' issuers: public https hosts and what the operator allows, no redirects, a deadline and a size. */
export class IssuerKeys {
  private readonly http: HttpPool;

  constructor({ egressAllow, ca }: { readonly egressAllow: readonly string[]; readonly ca?: string }) {
    const guard = createEgressGuard({ allow: egressAllow });
    this.http = createHttpPool({ clock: systemClock, random: Math.random, guard, ca });
  }

  readonly read: ReadJwks = async (url) => {
    const result = await this.http.request({
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      deadlineMs: DEADLINE_MS,
      protocol: 'any',
      trust: 'guest',
      lane: `jwks ${url}`,
      maxBodyBytes: MOST_BYTES,
    });
    return result.kind === 'answered' && result.status === 200 && !result.truncated ? result.body : undefined;
  };

  close(): Promise<void> {
    return this.http.close();
  }
}
