import { existsSync } from 'node:fs';
import { backupDatabase } from 'nest-push/typeorm';
import { misuse } from '../cli-error.js';
import { pairs, timeText, type Output } from '../output.js';
import { isAccountTable, withAccounts } from './account-tables.js';
import { inWords, keptDatabase, shownPlace, urlOf, type KeptDatabase } from './database-of.js';
import { pendingIn } from './migrate.js';
import { withProgress } from './progress.js';
import { keysText, neededKeys } from './sealed-with.js';
import { writeDown } from './written-down.js';

export async function backup(file: string, url: string, force: boolean, output: Output): Promise<void> {
  const database = keptDatabase(url);
  if (!force && existsSync(file))
    throw misuse('file', `${file} exists; name another one, or write over it with --force`);
  await inWords(database, async () => {
    const summary = await withProgress(output, (onProgress) =>
      backupDatabase({ url: urlOf(database), alsoTables: isAccountTable, onProgress }, file),
    );
    const keys = await neededKeys(database);
    await writeDownIn(database, output);
    const { createdAt, rows, tables, sha256 } = summary;
    output.document({ ...summary, keys }, () =>
      pairs({ file, of: shownPlace(database), made: timeText(createdAt), rows, tables: filled(tables), sha256 }),
    );
    const about = keysText(keys);
    if (about) output.note(about);
  });
}

/** Where the tables are of this version: a backup changes none of another. */
async function writeDownIn(database: KeptDatabase, output: Output): Promise<void> {
  const { accounts } = await pendingIn(database);
  if (accounts.length === 0) return withAccounts(database, (medium) => writeDown(medium, 'backup', output));
  output.note('Not in the audit log: its table is of another version, or there is none');
}

const filled = (tables: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(tables).filter(([, rows]) => rows > 0));
