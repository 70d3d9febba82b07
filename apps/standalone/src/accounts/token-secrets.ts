import type { Accounts } from './accounts.js';

/**
 * A new secret signs only when every node knows it: what this node signs with it, another one must verify. Nodes learn of it
 * within five seconds; the rest is for clocks that differ.
 */
export const SETTLE_MS = 10_000;

/** The secrets with which a tenant's client tokens are verified; the first of them signs. Undefined: no such tenant. */
export async function tokenSecrets(
  accounts: Pick<Accounts, 'secretsOf'>,
  tenant: string,
  now: number,
): Promise<readonly Uint8Array[] | undefined> {
  const found = await accounts.secretsOf(tenant);
  if (!found) return undefined;
  const { current, previous, previousUntil = 0, rotatedAt = 0 } = found;
  if (!previous || now >= previousUntil) return [current];
  return now - rotatedAt < SETTLE_MS ? [previous, current] : [current, previous];
}
