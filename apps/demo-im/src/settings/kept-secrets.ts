import { createECDH, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VapidKeys } from './demo-settings.js';

/** What is made at the first start, and must be the same at the next: logins and browsers' subscriptions rest on it. */
export interface KeptSecrets {
  readonly secret: string;
  readonly vapid: VapidKeys;
}

/** Readable by the owner only. Throws where the folder cannot be written, or the file is not what was written there. */
export function keptSecrets(folder: string): KeptSecrets {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'secrets.json');
  try {
    // `wx`: never written over, so two starts at once agree.
    writeFileSync(file, JSON.stringify(makeSecrets(), undefined, 2), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<KeptSecrets>;
  if (!kept.secret || !kept.vapid?.publicKey || !kept.vapid.privateKey) {
    throw new Error(`${file} is incomplete; remove it, and a new one is made: everybody has to log in again`);
  }
  return { secret: kept.secret, vapid: kept.vapid };
}

function makeSecrets(): KeptSecrets {
  const pair = createECDH('prime256v1');
  const publicKey = pair.generateKeys('base64url');
  return { secret: randomBytes(32).toString('base64url'), vapid: { publicKey, privateKey: privateOf(pair) } };
}

/** Leading zeros are part of it, which `getPrivateKey` leaves out. */
const privateOf = (pair: ReturnType<typeof createECDH>): string =>
  Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url');
