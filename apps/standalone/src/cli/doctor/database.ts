import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { lookInto } from 'nest-push/typeorm';
import { cannotOpen, cannotUse } from '../../start-failed.js';
import type { Config } from '../../config.js';
import { pendingIn } from '../data/migrate.js';
import { shownPlace, urlOf, type KeptDatabase } from '../data/database-of.js';
import { keysHere, neededKeys } from '../data/sealed-with.js';
import { failAsSaid, messageOf, fail, ok, warn, type Finding } from './finding.js';

const LITTLE_BYTES = 1024 ** 3;
const TOO_LITTLE_BYTES = 50 * 1024 ** 2;
const SKEW_MS = 2_000;

const QUESTIONS: Readonly<Record<KeptDatabase['kind'], string>> = {
  sqlite: `SELECT 'SQLite ' || sqlite_version(), CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)`,
  postgres: `SELECT 'PostgreSQL ' || current_setting('server_version'), (extract(epoch FROM clock_timestamp()) * 1000)::bigint`,
  mysql: 'SELECT VERSION(), CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)',
};

/** Where messages and accounts are kept, and what they are sealed with. */
export async function lookAtDatabase({ database }: Config): Promise<readonly Finding[]> {
  if (database.kind === 'memory')
    return [warn('database', 'memory: keeps nothing', 'set PUSH_DATABASE_URL, for example sqlite:./data/push.db')];
  const findings: Finding[] = [];
  if (database.kind === 'sqlite') {
    findings.push(...folderOf(database.path));
    if (!existsSync(database.path))
      return [...findings, ok('database', `${database.path} will be made at the first start`)];
  }
  try {
    findings.push(...(await inside(database)), ...(await keysOf(database)));
  } catch (error) {
    const known = database.kind === 'sqlite' ? cannotOpen(error, database.path) : cannotUse(error, database);
    findings.push(failAsSaid('database', messageOf(known).replace(/^PUSH_DATABASE_URL: /, '')));
  }
  return findings;
}

function folderOf(file: string): readonly Finding[] {
  let folder = path.dirname(path.resolve(file));
  // Those that are missing are made.
  while (!existsSync(folder)) folder = path.dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    if (existsSync(file)) accessSync(file, constants.W_OK);
  } catch {
    return [fail('data folder', `${folder} cannot be written`, 'let this user write there, or set PUSH_DATABASE_URL')];
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${folder}, ${(free / 1024 ** 3).toFixed(1)} GB free`;
  if (free < TOO_LITTLE_BYTES) return [fail('data folder', text, 'make room')];
  return [free < LITTLE_BYTES ? warn('data folder', text, 'make room soon') : ok('data folder', text)];
}

async function inside(database: KeptDatabase): Promise<readonly Finding[]> {
  const begun = performance.now();
  const [version, at] = await lookInto(
    urlOf(database),
    async ({ ask }) => (await ask(QUESTIONS[database.kind]))[0] ?? [],
  );
  const tookMs = performance.now() - begun;
  const findings = [ok('database', `${String(version)} at ${shownPlace(database)}, asked in ${Math.round(tookMs)} ms`)];
  const skewMs = Math.abs(Number(at) - Date.now());
  if (skewMs > SKEW_MS + tookMs)
    findings.push(
      warn('clock', `${Math.round(skewMs / 1000)} s apart from the database's`, 'let both machines follow NTP'),
    );
  else findings.push(ok('clock', 'agrees with the database'));
  const { engine, accounts } = await pendingIn(database);
  const pending = engine.length + accounts.length;
  findings.push(
    pending === 0
      ? ok('tables', 'up to date')
      : warn('tables', `${pending} migrations to be done`, 'push migrate does them, and so does the next start'),
  );
  return findings;
}

async function keysOf(database: KeptDatabase): Promise<readonly Finding[]> {
  const needed = await neededKeys(database);
  const here = keysHere(database);
  const missing = needed.filter((id) => !here.includes(id));
  if (missing.length > 0)
    return [
      fail(
        'key ring',
        `secrets are sealed with ${missing.join(', ')}, which is not here`,
        'put it back into PUSH_ENCRYPTION_KEYS, or bring its key file',
      ),
    ];
  if (here.length > 0)
    return [ok('key ring', `${here.length === 1 ? 'one key' : `${here.length} keys`}, ${here[0]} seals`)];
  return [
    warn(
      'key ring',
      'there is none: credentials lie readable in the database',
      'set PUSH_ENCRYPTION_KEYS to k1:$(openssl rand -base64 32)',
    ),
  ];
}
