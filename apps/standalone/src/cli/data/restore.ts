import { inspectBackup, restoreDatabase, type BackupHeader } from 'nest-push/typeorm';
import { isPushError } from 'push-core';
import { CliError, FAILED } from '../cli-error.js';
import { pairs, timeText, type Output } from '../output.js';
import { isAccountTable, signEverybodyOut, withAccounts } from './account-tables.js';
import { inWords, keptDatabase, shownPlace, urlOf } from './database-of.js';
import { withProgress } from './progress.js';
import { keysHere, keysText, neededKeys } from './sealed-with.js';
import { writeDown } from './written-down.js';

export interface RestoreChoice {
  readonly database: string;
  readonly replace?: boolean;
  readonly moved?: boolean;
}

/** Reads the file through, and touches no database. */
export async function check(file: string, output: Output): Promise<void> {
  const header = await wholeBackup(file);
  const { createdAt, from, epoch, migrations, tables } = header;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const counts = Object.fromEntries(tables.map((table) => [table.name, table.rows]));
  const report = { file, createdAt, from, epoch, migrations, rows, tables: counts };
  output.document(report, () => {
    const filled = tables.filter((table) => table.rows > 0).map((table) => [table.name, table.rows]);
    return [
      `${file} is whole.`,
      pairs({ made: timeText(createdAt), from, epoch, rows, version: migrations.at(-1) }),
      output.table(['table', 'rows'], filled),
    ].join('\n');
  });
}

export async function restore(
  file: string,
  { database: url, replace, moved }: RestoreChoice,
  output: Output,
): Promise<void> {
  const database = keptDatabase(url);
  // Before any table is made for it.
  const { tables } = await wholeBackup(file);
  const hasAccounts = tables.some(({ name }) => isAccountTable(name));
  await inWords(database, async () => {
    if (hasAccounts) await withAccounts(database, async () => {});
    const summary = await withProgress(output, (onProgress) =>
      restoreDatabase({ url: urlOf(database), alsoTables: isAccountTable, replace, moved, onProgress }, file),
    );
    if (hasAccounts)
      await withAccounts(database, async (medium) => {
        await signEverybodyOut(medium);
        await writeDown(medium, 'restore', output);
      });
    const keys = await neededKeys(database);
    const { createdAt, rows, epoch } = summary;
    output.document({ ...summary, keys }, () =>
      pairs({ file, into: shownPlace(database), 'as of': timeText(createdAt), rows, epoch }),
    );
    const here = keysHere(database);
    const missing = keysText(keys.filter((id) => !here.includes(id)));
    if (missing) output.note(missing);
  });
}

async function wholeBackup(file: string): Promise<BackupHeader> {
  try {
    return await inspectBackup(file);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    if (!isPushError(error) && code === undefined) throw error;
    throw new CliError(`file: ${message}`, FAILED, { code, field: 'file' });
  }
}
