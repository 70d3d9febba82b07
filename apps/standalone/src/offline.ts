import type { OfflineOptions } from 'push-core';
import { allProviders, offlineOver } from 'push-core/providers';

/** Every provider; which of them a tenant uses is a matter of its credentials. */
export function offlineOptions({ egressAllow }: { readonly egressAllow: readonly string[] }): OfflineOptions {
  return offlineOver(allProviders, { allow: egressAllow });
}
