import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartFailed } from '../start-failed.js';
import { KEY_BYTES, type RingKey } from './key-ring.js';
import { readRing, ringText } from './ring-text.js';

/** Beside the database, so that whoever copies one of the two has nothing to read. */
export const keyFileOf = (databasePath: string): string => `${databasePath}.keys`;

/** Undefined where there is no such file. */
export function readKeyFile(file: string): readonly RingKey[] | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StartFailed(`cannot read the key file ${file}: ${(error as Error).message}; let this user read it`);
  }
  const read = readRing(text);
  if (read.ok) return read.keys;
  throw new StartFailed(`the key file ${file} is no longer one: ${read.reason}; put back the one there was`);
}

/** With one key, for this user alone. Where another process was quicker, that one's. */
export function makeKeyFile(file: string): readonly RingKey[] {
  const keys = [{ id: `file-${randomBytes(4).toString('hex')}`, key: randomBytes(KEY_BYTES) }];
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const head = '# Seals what is secret in the database beside it. Without this file that is lost: back up both.\n';
    writeFileSync(file, `${head}${ringText(keys)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    return keys;
  } catch (error) {
    const there = (error as NodeJS.ErrnoException).code === 'EEXIST' ? readKeyFile(file) : undefined;
    if (there) return there;
    throw new StartFailed(
      `cannot make the key file ${file}: ${(error as Error).message}; let this user write there, or set PUSH_ENCRYPTION_KEYS`,
    );
  }
}
