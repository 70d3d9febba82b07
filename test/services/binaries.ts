import { accessSync, constants, readdirSync } from 'node:fs';
import path from 'node:path';

const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Where a program is, or undefined. */
export function programOf(name: string, folders: readonly string[] = []): string | undefined {
  const everywhere = [...folders, ...(process.env.PATH ?? '').split(':').filter((one) => one !== ''), ...FOLDERS];
  return everywhere.map((folder) => path.join(folder, name)).find(isProgram);
}

/** Of the newest PostgreSQL there is. */
export function postgresProgram(name: string): string | undefined {
  return programOf(name, newestFirst('/usr/lib/postgresql', 'bin'));
}

/** The scripts themselves, not what a distribution puts in front of them: those insist on a user and a folder of their own. */
export function rabbitProgram(name: string): string | undefined {
  return programOf(name, ['/usr/lib/rabbitmq/bin', '/opt/rabbitmq/sbin']);
}

export function fakeTimeLibrary(): string | undefined {
  const folders = ['/usr/lib', '/usr/local/lib', ...entries('/usr/lib').map((name) => path.join('/usr/lib', name))];
  return folders.map((folder) => path.join(folder, 'faketime/libfaketimeMT.so.1')).find(isReadable);
}

/** That is there, or an error that names it. */
export function required(program: string | undefined, name: string): string {
  if (program === undefined) throw new Error(`${name} is not installed`);
  return program;
}

const newestFirst = (folder: string, below: string): string[] =>
  entries(folder)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => path.join(folder, version, below));

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const isProgram = (file: string): boolean => hasAccess(file, constants.X_OK);
const isReadable = (file: string): boolean => hasAccess(file, constants.R_OK);

function hasAccess(file: string, mode: number): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}
