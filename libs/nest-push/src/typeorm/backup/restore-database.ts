import { createIds, PushError, systemClock } from 'push-core';
import { DEFAULT_PREFIX, tableNames, type TableNames } from '../table-names.js';
import { createTypeOrmStore } from '../typeorm-store.js';
import { tablesOf } from './backup-database.js';
import { damaged, fromJson, headerOf, parsed, type BackupHeader, type JsonValue } from './backup-format.js';
import { backupMediumOf, inStoreWords, type BackupOptions } from './backup-in.js';
import { linesOf, verified } from './backup-lines.js';
import { PAGE_ROWS, type BackupColumn, type BackupMedium, type BackupTable, type Value } from './backup-medium.js';
import { engineTables, type EngineTable, type NamedRow } from './engine-tables.js';

export interface RestoreOptions extends BackupOptions {
  /** What the tables hold is removed first. Without it, only empty ones are restored into. */
  readonly replace?: boolean;
  /** Nothing was accepted after the backup was made: the store goes on in the same epoch. See `restoreDatabase`. */
  readonly moved?: boolean;
}

export interface RestoreSummary {
  /** When the backup was made. Unix milliseconds. */
  readonly createdAt: number;
  readonly rows: number;
  readonly tables: Readonly<Record<string, number>>;
  readonly epoch: string;
}

/**
 * Puts a backup into a database of any kind, whole or not at all; tables are made, and brought up to date, first. A file
 * that is cut off or altered is refused before anything is written. No server may use the database meanwhile.
 *
 * The store begins a new epoch, since devices may have seen more than the backup holds. It carries the old one on as far
 * as the backup does: what a device acknowledged until then stays acknowledged, and a device that had come no further
 * continues where it was. One that had come further is told `reset`. With `moved` the epoch stays.
 */
export async function restoreDatabase(options: RestoreOptions, file: string): Promise<RestoreSummary> {
  const { onProgress } = options;
  const [first, rows] = await verified(file, (lines) => onProgress?.({ what: 'checking', rows: lines }));
  const header = headerOf(first);
  const prefix = options.tablePrefix ?? DEFAULT_PREFIX;
  if (header.tablePrefix !== prefix)
    throw new PushError('INVALID', `The backup is of tables that begin with "${header.tablePrefix}": use that prefix`, {
      field: 'tablePrefix',
    });
  const medium = backupMediumOf(options.url);
  const now = await prepared(options);
  try {
    await medium.begin('write');
    const names = tableNames(prefix);
    await mustBeUnused(medium, names, now);
    const targets = await targetsFor(medium, names, header, options);
    const epoch = options.moved ? header.epoch : createIds().epoch();
    const special = engineTables(names, { from: header.epoch, to: epoch, moved: options.moved ?? false });
    let done = 0;
    for await (const { table, page } of pagesOf(file, targets)) {
      await insert(medium, table, page, done, special.get(table.name));
      done += page.length;
      onProgress?.({ what: 'writing', rows: done, ofRows: rows });
    }
    if (done !== rows) throw damaged('holds another number of rows than it says');
    for (const { name } of targets.values()) await medium.catchUp(name);
    await continueHeld(medium, names);
    await setEpochs(medium, names, epoch, options.moved ? header.epochBefore : header.epoch);
    await medium.commit();
    const tables = Object.fromEntries(header.tables.map((table) => [table.name, table.rows]));
    return { createdAt: header.createdAt, rows, tables, epoch };
  } catch (error) {
    throw inStoreWords(error, medium);
  } finally {
    await medium.close();
  }
}

/** The header of a backup that is whole. Rejects with a PushError where it is not. */
export const inspectBackup = async (file: string): Promise<BackupHeader> => headerOf((await verified(file))[0]);

/** The newest tables; and what time the database has. */
async function prepared({ url, tablePrefix }: RestoreOptions): Promise<number> {
  const store = createTypeOrmStore({ url }, { tablePrefix, connections: 2 });
  await store.open();
  try {
    return await store.time(systemClock.now());
  } finally {
    await store.close();
  }
}

/** A server keeps the epoch, and much else, in memory. */
async function mustBeUnused(medium: BackupMedium, names: TableNames, now: number): Promise<void> {
  const until = medium.quoted('until');
  const [found] = await medium.ask(
    `SELECT node, ${until} FROM ${medium.quoted(names.node)} WHERE ${until} > ? ORDER BY ${until} DESC`,
    [now],
  );
  if (!found) return;
  throw new PushError(
    'INVALID',
    `A server uses this database, or did a moment ago (node ${String(found[0])}): end it first, or wait until ${new Date(Number(found[1])).toISOString()}`,
    { field: 'url' },
  );
}

interface Target extends BackupTable {
  /** What the backup has, with the kinds that the table has. */
  readonly given: readonly BackupColumn[];
}

async function targetsFor(
  medium: BackupMedium,
  names: TableNames,
  header: BackupHeader,
  { replace, alsoTables }: RestoreOptions,
): Promise<ReadonlyMap<string, Target>> {
  const there = await tablesOf(medium, names, alsoTables);
  const filled: string[] = [];
  for (const { name } of there) {
    const [row] = await medium.ask(`SELECT 1 FROM ${medium.quoted(name)} LIMIT 1`);
    if (row) filled.push(name);
  }
  if (filled.length > 0 && !replace)
    throw new PushError(
      'INVALID',
      `The database is in use: ${filled.join(', ')} hold something. Name an empty one, or replace what is there`,
      { field: 'replace' },
    );
  for (const name of [...there].reverse().map((table) => table.name))
    if (filled.includes(name)) await medium.ask(`DELETE FROM ${medium.quoted(name)}`);

  const all = new Map((await medium.tables()).map((table) => [table.name, table]));
  const targets = new Map<string, Target>();
  for (const { name, columns } of header.tables) {
    const table = all.get(name);
    const given = columns.map((column) => table?.columns.find((one) => one.name === column.name));
    const at = given.indexOf(undefined);
    if (!table || at >= 0)
      throw new PushError(
        'INVALID',
        `The backup holds ${table ? `column ${columns[at]?.name} of ` : ''}table ${name}, which this version does not know: it was made by a newer one. Update first`,
        { field: 'file' },
      );
    targets.set(name, { ...table, given: given as BackupColumn[] });
  }
  return targets;
}

/** Rows as the backup has them, some at a time. */
async function* pagesOf(
  file: string,
  targets: ReadonlyMap<string, Target>,
): AsyncGenerator<{ table: Target; page: JsonValue[][] }> {
  let table: Target | undefined;
  let page: JsonValue[][] = [];
  let isHeader = true;
  for await (const line of linesOf(file)) {
    const item = isHeader ? {} : parsed(line.toString());
    isHeader = false;
    if (Array.isArray(item)) {
      page.push(item as JsonValue[]);
      if (page.length < PAGE_ROWS) continue;
    }
    if (table && page.length > 0) yield { table, page };
    page = [];
    if (!Array.isArray(item)) table = targets.get(String((item as { table?: unknown }).table)) ?? table;
  }
}

async function insert(
  medium: BackupMedium,
  { name, given, columns }: Target,
  page: readonly JsonValue[][],
  before: number,
  special: EngineTable | undefined,
): Promise<void> {
  const known = new Set(columns.map((column) => column.name));
  const rows = page.map((values, at) => {
    const row: NamedRow = {};
    given.forEach((column, i) => (row[column.name] = fromJson(values[i] ?? null, column.kind)));
    return special?.arriving ? special.arriving(row, medium.kind, before + at) : row;
  });
  const filled = Object.keys(rows[0] ?? {}).filter((column) => known.has(column));
  await medium.insert(
    name,
    filled,
    rows.map((row) => filled.map((column): Value => row[column] ?? null)),
  );
}

/** PostgreSQL numbers messages in the order they are held, with a sequence of the store's. */
async function continueHeld(medium: BackupMedium, names: TableNames): Promise<void> {
  if (medium.kind !== 'postgres') return;
  const highest = `(SELECT max(held_no) FROM "${names.message}")`;
  await medium.ask(`SELECT setval('"${names.message}_held_no"', ${highest}) WHERE ${highest} IS NOT NULL`);
}

async function setEpochs(medium: BackupMedium, names: TableNames, epoch: string, before?: string): Promise<void> {
  const [meta, name, value] = [names.meta, 'name', 'value'].map((one) => medium.quoted(one));
  await medium.ask(`DELETE FROM ${meta} WHERE ${name} IN ('epoch', 'epoch_before')`);
  const put = `INSERT INTO ${meta} (${name}, ${value}) VALUES (?, ?)`;
  await medium.ask(put, ['epoch', epoch]);
  if (before !== undefined) await medium.ask(put, ['epoch_before', before]);
}
