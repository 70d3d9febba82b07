import { lookInto } from 'nest-push/typeorm';
import { keyFileOf, readKeyFile } from '../../ring/key-file.js';
import type { RingKey } from '../../ring/key-ring.js';
import { readRing } from '../../ring/ring-text.js';
import { misuse } from '../cli-error.js';
import { urlOf, type KeptDatabase } from './database-of.js';

const VARIABLE = 'PUSH_ENCRYPTION_KEYS';

/** Ids of the keys that what is secret in this database was sealed with. */
export const neededKeys = (database: KeptDatabase): Promise<readonly string[]> =>
  lookInto(urlOf(database), async ({ tables, quoted, ask }) => {
    if (!tables.has('push_ring_key')) return [];
    const rows = await ask(`SELECT ${quoted('id')} FROM ${quoted('push_ring_key')} ORDER BY ${quoted('id')}`);
    return rows.map(([id]) => String(id));
  });

/** Of the variable. Throws `CliError` where it holds something else. */
export function givenKeys(): readonly RingKey[] {
  const text = process.env[VARIABLE]?.trim();
  if (!text) return [];
  const read = readRing(text);
  if (read.ok) return read.keys;
  throw misuse(VARIABLE, read.reason);
}

/** Ids of the keys that are here, the one that seals first. */
export function keysHere(database: KeptDatabase): readonly string[] {
  const inFile = database.kind === 'sqlite' ? (readKeyFile(keyFileOf(database.path)) ?? []) : [];
  return [...new Set([...givenKeys(), ...inFile].map(({ id }) => id))];
}

/** What has to be kept beside a backup, in words; undefined where nothing is sealed. */
export function keysText(keys: readonly string[]): string | undefined {
  if (keys.length === 0) return undefined;
  return `It is of no use without ${keys.length === 1 ? 'key' : 'keys'} ${keys.join(', ')}: keep ${VARIABLE}, or the key file, elsewhere`;
}
