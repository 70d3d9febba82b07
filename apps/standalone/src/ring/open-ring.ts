import type { Accounts, UsedRingKey } from '../accounts/accounts.js';
import type { DatabaseConfig } from '../database-url.js';
import { StartFailed } from '../start-failed.js';
import { keyFileOf, makeKeyFile, readKeyFile } from './key-file.js';
import { KeyRing, type RingKey } from './key-ring.js';

export interface RingSettings {
  readonly database: DatabaseConfig;
  /** Of `PUSH_ENCRYPTION_KEYS`; empty where it is not set. */
  readonly encryptionKeys: readonly RingKey[];
}

export interface OpenedRing {
  readonly ring: KeyRing;
  /** Worth a word to the operator. */
  readonly warning?: string;
}

const CHECK = 'nest-push';
const CHECK_ABOUT = 'ring check';

/**
 * The ring that this database was sealed with, checked against it, and handed to the accounts. The keys are those of the
 * variable; beside a SQLite file there is a key file, made where there is none yet. Throws `StartFailed` where a key that has
 * sealed something is missing: going on would lose it.
 */
export async function openRing(settings: RingSettings, accounts: Accounts): Promise<OpenedRing> {
  const used = await accounts.ringKeys();
  const ring = new KeyRing(keysFor(settings, used));
  for (const key of used) demand(key, ring, settings);
  const { current } = ring;
  if (current !== undefined && !used.some(({ id }) => id === current))
    await accounts.addRingKey({ id: current, check: ring.seal(CHECK, CHECK_ABOUT) });
  accounts.sealWith(ring);
  if (ring.seals || settings.database.kind === 'memory') return { ring };
  return {
    ring,
    warning:
      'PUSH_ENCRYPTION_KEYS is unset: credentials of providers and the secrets of client tokens lie readable in the database; set it to k1:$(openssl rand -base64 32), the same on all nodes',
  };
}

function keysFor({ database, encryptionKeys: given }: RingSettings, used: readonly UsedRingKey[]): readonly RingKey[] {
  if (database.kind !== 'sqlite') return given;
  const file = keyFileOf(database.path);
  const inFile = readKeyFile(file);
  // Who moves on to the variable can still read what the file has sealed.
  if (given.length > 0) return [...given, ...(inFile ?? []).filter(({ id }) => !given.some((one) => one.id === id))];
  if (inFile) return inFile;
  // A new one would not open what is there.
  return used.length > 0 ? [] : makeKeyFile(file);
}

function demand({ id, check }: UsedRingKey, ring: KeyRing, { database }: RingSettings): void {
  const also = database.kind === 'sqlite' ? `, or bring back the file ${keyFileOf(database.path)}` : '';
  if (!ring.has(id))
    throw new StartFailed(
      `PUSH_ENCRYPTION_KEYS: what is secret in this database is sealed with the key "${id}", which is missing; put it back into the variable (behind another one, where new values shall be sealed with that)${also}`,
    );
  try {
    ring.open(check, CHECK_ABOUT);
  } catch {
    throw new StartFailed(
      `PUSH_ENCRYPTION_KEYS: the key "${id}" is not the one that sealed what is secret in this database; put back that one, and give a new key another id`,
    );
  }
}
