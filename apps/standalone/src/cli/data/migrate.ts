import { existsSync } from 'node:fs';
import { createTypeOrmStore, migrationState, pushMigrations } from 'nest-push/typeorm';
import {
  MIGRATIONS_TABLE,
  mysqlMigrations,
  postgresMigrations,
  sqliteMigrations,
} from '../../accounts/account-migrations.js';
import type { Output } from '../output.js';
import { withAccounts } from './account-tables.js';
import { inWords, keptDatabase, shownPlace, urlOf, type KeptDatabase } from './database-of.js';
import { writeDown } from './written-down.js';

/** What a database lacks, in the order it would be done. */
export interface PendingMigrations {
  readonly engine: readonly string[];
  readonly accounts: readonly string[];
}

const ACCOUNTS = { sqlite: sqliteMigrations, postgres: postgresMigrations, mysql: mysqlMigrations } as const;

/** Looks only: a file that is not there is not made. */
export async function pendingIn(database: KeptDatabase): Promise<PendingMigrations> {
  const { kind } = database;
  const engine = pushMigrations(undefined, kind).map((Migration) => nameOf(Migration));
  const accounts = ACCOUNTS[kind].map((Migration) => nameOf(Migration));
  if (database.kind === 'sqlite' && !existsSync(database.path)) return { engine, accounts };
  const url = urlOf(database);
  return {
    engine: (await migrationState(url, { known: engine })).pending,
    accounts: (await migrationState(url, { table: MIGRATIONS_TABLE, known: accounts })).pending,
  };
}

export async function migrate(url: string, dryRun: boolean, output: Output): Promise<void> {
  const database = keptDatabase(url);
  await inWords(database, async () => {
    const pending = await pendingIn(database);
    if (!dryRun) await apply(database, pending, output);
    output.document(dryRun ? { pending } : { applied: pending }, () => textOf(database, pending, dryRun));
  });
}

async function apply(database: KeptDatabase, { engine, accounts }: PendingMigrations, output: Output): Promise<void> {
  if (engine.length + accounts.length === 0) return;
  // In the order of a server's start.
  await withAccounts(database, async () => {});
  const store = createTypeOrmStore({ url: urlOf(database) }, { connections: 2 });
  try {
    await store.open();
  } finally {
    await store.close();
  }
  await withAccounts(database, (medium) => writeDown(medium, 'migrate', output));
}

function textOf(database: KeptDatabase, { engine, accounts }: PendingMigrations, dryRun: boolean): string {
  const all = [...accounts, ...engine];
  if (all.length === 0) return `${shownPlace(database)} is up to date.`;
  const head = dryRun ? 'would be done' : 'done';
  return [`${all.length} migrations ${head} in ${shownPlace(database)}:`, ...all.map((name) => `  ${name}`)].join('\n');
}

const nameOf = (Migration: new () => { name?: string }): string => new Migration().name ?? Migration.name;
