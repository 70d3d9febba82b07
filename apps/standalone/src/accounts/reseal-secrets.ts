import type { KeyRing } from '../ring/key-ring.js';
import type { AccountMedium, Run } from './account-medium.js';
import * as rows from './account-rows.js';
import type { Resealed } from './accounts.js';

const SECRETS = `SELECT id, ${rows.SECRET_COLUMNS} FROM push_tenant WHERE id > ? ORDER BY id LIMIT 100`;
// A value that is no Buffer comes first.
const PUT = 'UPDATE push_tenant SET previous_until = ?, secret = ?, previous_secret = ? WHERE id = ?';

/** Seals the token secrets of all tenants by the first key, a page in a transaction: nobody rotates one in between. */
export async function resealSecrets(medium: AccountMedium, ring: KeyRing): Promise<Resealed> {
  const counts = { resealed: 0, kept: 0 };
  for (let after: string | undefined = ''; after !== undefined;) {
    const from: string = after;
    after = await medium.alone(async (run) => page(run, from, ring, counts));
  }
  return counts;
}

async function page(
  run: Run,
  after: string,
  ring: KeyRing,
  counts: { resealed: number; kept: number },
): Promise<string | undefined> {
  const found = await run(SECRETS, [after]);
  for (const row of found.rows) {
    const tenant = String(row.id);
    if ([row.secret, row.previous_secret].every((kept) => isCurrent(kept, ring))) {
      counts.kept++;
      continue;
    }
    const { current, previous, previousUntil } = rows.toSecrets(row, tenant, ring);
    const before = previous ? rows.sealSecret(previous, tenant, ring) : null;
    await run(PUT, [previousUntil ?? null, rows.sealSecret(current, tenant, ring), before, tenant]);
    counts.resealed++;
  }
  const last = found.rows.at(-1);
  return last && String(last.id);
}

function isCurrent(value: unknown, ring: KeyRing): boolean {
  if (!ring.seals || value === null || value === undefined) return true;
  const kept = rows.toBytes(value);
  return rows.isSealedSecret(kept) && ring.isCurrent(kept.toString('latin1'));
}
