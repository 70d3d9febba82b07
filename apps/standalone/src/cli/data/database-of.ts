import { isPushError } from 'push-core';
import { databaseOf, databaseUrl, type DatabaseConfig } from '../../database-url.js';
import { cannotOpen, cannotUse, StartFailed } from '../../start-failed.js';
import { CliError, FAILED, misuse } from '../cli-error.js';

/** A database that outlives the process. */
export type KeptDatabase = Exclude<DatabaseConfig, { readonly kind: 'memory' }>;

const OPTION = '--database';
const CONNECTIONS = 2;
/** A command is not a service: what is not there now is told now. */
const WAIT_MS = 2_000;

/** What `--database` names. Throws `CliError`. */
export function keptDatabase(url: string): KeptDatabase {
  const wrong = databaseUrl(url);
  if (wrong !== undefined) throw misuse(OPTION, wrong);
  const database = databaseOf(url, CONNECTIONS, WAIT_MS);
  if (database.kind === 'memory') throw misuse(OPTION, 'memory: keeps nothing; name the database of the server');
  return database;
}

export const urlOf = (database: KeptDatabase): string =>
  database.kind === 'sqlite' ? `sqlite:${database.path}` : database.url;

/** Without user and password. */
export function shownPlace(database: KeptDatabase): string {
  if (database.kind === 'sqlite') return database.path;
  const { host, pathname } = new URL(database.url);
  return `${host}${pathname}`;
}

/** How the engine's words for what was given wrongly are called here. */
const GIVEN: Readonly<Record<string, string | undefined>> = { url: OPTION, file: 'file', replace: '--replace' };

/** Does it, and throws what goes wrong as a `CliError` that names the option. */
export async function inWords<T>(database: KeptDatabase, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toCliError(error, database);
  }
}

function toCliError(error: unknown, database: KeptDatabase): unknown {
  if (error instanceof CliError) return error;
  const given = isPushError(error) && error.field !== undefined ? GIVEN[error.field] : undefined;
  if (isPushError(error) && given !== undefined)
    return new CliError(`${given}: ${error.message}`, FAILED, { code: error.code, field: given });
  if (error instanceof StartFailed) return named(error.message);
  if (isOfFiles(error)) return new CliError(`file: ${error.message}`, FAILED, { code: error.code, field: 'file' });
  const said = database.kind === 'sqlite' ? cannotOpen(error, database.path) : cannotUse(error, database);
  return said instanceof StartFailed ? named(said.message) : said;
}

/** `NAME: text`, where the name of the database's variable is this command's option. */
function named(message: string): CliError {
  const text = message.replace(/^PUSH_DATABASE_URL: /, `${OPTION}: `);
  return new CliError(text, FAILED, { field: /^(--\w+|PUSH_\w+): /.exec(text)?.[1] });
}

const isOfFiles = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'path' in error;
