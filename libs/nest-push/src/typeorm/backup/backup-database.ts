import { PushError, systemClock } from 'push-core';
import { tableNames, DEFAULT_PREFIX, type TableNames } from '../table-names.js';
import { BACKUP_FORMAT, BACKUP_VERSION, toLine, type BackupHeader, type BackupTableHeader } from './backup-format.js';
import { backupMediumOf, inOrder, inStoreWords, type BackupOptions } from './backup-in.js';
import { BackupWriter } from './backup-lines.js';
import type { BackupMedium, BackupTable, Value, ValueRow } from './backup-medium.js';
import { engineTables, leftOut, type EngineTable, type NamedRow } from './engine-tables.js';

export interface BackupSummary {
  readonly file: string;
  readonly createdAt: number;
  readonly rows: number;
  readonly tables: Readonly<Record<string, number>>;
  readonly sha256: string;
}

/**
 * Writes one consistent view of the database into a file, while servers go on using it. The file is complete, or it is
 * not there. It can be restored into a database of any kind. What was sealed stays sealed. Rejects with a PushError.
 */
export async function backupDatabase(options: BackupOptions, file: string): Promise<BackupSummary> {
  const medium = backupMediumOf(options.url);
  let writer: BackupWriter | undefined;
  try {
    await medium.begin('read');
    const prefix = options.tablePrefix ?? DEFAULT_PREFIX;
    const names = tableNames(prefix);
    const tables = await tablesOf(medium, names, options.alsoTables);
    const header = await headerFor(medium, names, prefix, tables);
    writer = new BackupWriter(file);
    await writer.write(JSON.stringify(header));
    const ofRows = header.tables.reduce((sum, { rows }) => sum + rows, 0);
    let rows = 0;
    for (const table of tables) {
      await writer.write(JSON.stringify({ table: table.name }));
      for await (const lines of linesOf(medium, table, names)) {
        await writer.write(lines.join('\n'));
        rows += lines.length;
        options.onProgress?.({ what: 'writing', rows, ofRows });
      }
    }
    const { sha256 } = await writer.finish(rows);
    const counts = Object.fromEntries(header.tables.map((table) => [table.name, table.rows]));
    return { file, createdAt: header.createdAt, rows, tables: counts, sha256 };
  } catch (error) {
    await writer?.discard();
    throw inStoreWords(error, medium);
  } finally {
    await medium.close();
  }
}

/** The engine's tables, and those that go along; without the columns that are one database's own. */
export async function tablesOf(
  medium: BackupMedium,
  names: TableNames,
  also: BackupOptions['alsoTables'],
): Promise<readonly BackupTable[]> {
  const skipped = leftOut(names);
  const own = new Set(Object.values(names));
  const special = specials(names);
  const wanted = (await medium.tables()).filter(
    ({ name }) => !skipped.has(name) && (own.has(name) || (also?.(name) ?? false)),
  );
  return inOrder(wanted).map((table) => {
    const without = special.get(table.name)?.without ?? [];
    return { ...table, columns: table.columns.filter(({ name }) => !without.includes(name)) };
  });
}

const specials = (names: TableNames): ReadonlyMap<string, EngineTable> =>
  engineTables(names, { from: '', to: '', moved: true });

async function headerFor(
  medium: BackupMedium,
  names: TableNames,
  tablePrefix: string,
  tables: readonly BackupTable[],
): Promise<BackupHeader> {
  const all = (await medium.tables()).map(({ name }) => name);
  if (!all.includes(names.meta))
    throw new PushError('INVALID', 'There are no tables of a store in this database: is it the right one?', {
      field: 'url',
    });
  const [name, value] = [medium.quoted('name'), medium.quoted('value')];
  const meta = await medium.ask(`SELECT ${name}, ${value} FROM ${medium.quoted(names.meta)}`);
  const metaOf = (key: string) => meta.find(([known]) => known === key)?.[1];
  const [epoch, before] = [metaOf('epoch'), metaOf('epoch_before')];
  if (typeof epoch !== 'string')
    throw new PushError('INVALID', 'The store in this database was never opened: there is nothing to back up', {
      field: 'url',
    });
  const migrations = await medium.ask(
    `SELECT ${name} FROM ${medium.quoted(names.migrations)} ORDER BY ${medium.quoted('timestamp')}`,
  );
  const counted: BackupTableHeader[] = [];
  for (const table of tables) {
    const [[count] = []] = await medium.ask(`SELECT count(*) FROM ${medium.quoted(table.name)}`);
    counted.push({ name: table.name, columns: table.columns, rows: Number(count) });
  }
  return {
    format: BACKUP_FORMAT,
    version: BACKUP_VERSION,
    createdAt: systemClock.now(),
    from: medium.kind,
    tablePrefix,
    epoch,
    ...(typeof before === 'string' ? { epochBefore: before } : {}),
    migrations: migrations.map(([migration]) => String(migration)),
    tables: counted,
  };
}

async function* linesOf(medium: BackupMedium, table: BackupTable, names: TableNames): AsyncGenerator<string[]> {
  const { order, leaving } = specials(names).get(table.name) ?? {};
  const columns = table.columns.map(({ name }) => medium.quoted(name)).join();
  const from = `SELECT ${columns} FROM ${medium.quoted(table.name)}`;
  const query =
    table.name === names.message && medium.kind === 'postgres'
      ? `${from} WHERE held_until IS NULL
         UNION ALL (${from} WHERE held_until IS NOT NULL ORDER BY held_until, held_no)`
      : `${from} ${order?.[medium.kind] ?? ''}`;
  for await (const page of medium.pages(query)) {
    yield page.map((row) =>
      toLine(leaving ? changed(row, table, (one) => leaving(one, medium.kind)) : row, table.columns),
    );
  }
}

function changed(row: ValueRow, { columns }: BackupTable, change: (row: NamedRow) => NamedRow): ValueRow {
  const named = change(Object.fromEntries(columns.map(({ name }, at) => [name, row[at] as Value])));
  return columns.map(({ name }) => named[name] ?? null);
}
