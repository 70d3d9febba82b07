import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, type Gzip } from 'node:zlib';
import { damaged, parsed, type BackupTrailer } from './backup-format.js';

/** For whoever makes backups alone: a backup holds everything the database does. */
const MODE = 0o600;
const NEW_LINE = 0x0a;

/** Writes lines into a compressed file, which has its name only when it is whole and on disk. */
export class BackupWriter {
  private readonly hash: Hash = createHash('sha256');
  private readonly gzip: Gzip = createGzip();
  private readonly part: string;
  private readonly written: Promise<void>;

  constructor(private readonly file: string) {
    this.part = `${file}.part`;
    this.written = pipeline(this.gzip, createWriteStream(this.part, { mode: MODE }));
    // Whoever writes is told at the next line, or at the end.
    this.written.catch(() => {});
  }

  async write(lines: string): Promise<void> {
    const bytes = Buffer.from(`${lines}\n`);
    this.hash.update(bytes);
    if (this.gzip.destroyed) await this.written;
    if (!this.gzip.write(bytes)) await Promise.race([once(this.gzip, 'drain'), this.written]);
  }

  async finish(rows: number): Promise<BackupTrailer> {
    const trailer: BackupTrailer = { rows, sha256: this.hash.digest('hex') };
    this.gzip.end(`${JSON.stringify(trailer)}\n`);
    await this.written;
    const handle = await open(this.part, 'r+');
    await handle.sync();
    await handle.close();
    renameSync(this.part, this.file);
    return trailer;
  }

  async discard(): Promise<void> {
    this.gzip.destroy();
    await this.written.catch(() => {});
    rmSync(this.part, { force: true });
  }
}

/** The lines of a compressed file. Only `\n` ends one: a text may hold what other readers take for an end. */
export async function* linesOf(file: string): AsyncGenerator<Buffer> {
  const stream = createReadStream(file);
  const gunzip = createGunzip();
  stream.on('error', (error) => gunzip.destroy(error));
  let rest: Buffer[] = [];
  for await (const chunk of stream.pipe(gunzip)) {
    let from = 0;
    for (let at: number; (at = (chunk as Buffer).indexOf(NEW_LINE, from)) >= 0; from = at + 1) {
      yield Buffer.concat([...rest, (chunk as Buffer).subarray(from, at)]);
      rest = [];
    }
    if (from < (chunk as Buffer).length) rest.push((chunk as Buffer).subarray(from));
  }
  if (rest.length > 0) throw damaged('is cut off');
}

/** Reads a file to its end and compares what it says of itself; the first line, and how many rows there are. */
export async function verified(file: string, onRows?: (rows: number) => void): Promise<[header: string, rows: number]> {
  const hash = createHash('sha256');
  let header: string | undefined;
  let last: Buffer | undefined;
  let lines = 0;
  try {
    for await (const line of linesOf(file)) {
      if (last) hash.update(last).update('\n');
      header ??= line.toString();
      last = line;
      if (++lines % 10_000 === 0) onRows?.(lines);
    }
  } catch (error) {
    throw unreadable(error, file);
  }
  const trailer = last && (parsed(last.toString()) as Partial<BackupTrailer> | undefined);
  if (header === undefined || typeof trailer?.sha256 !== 'string' || typeof trailer.rows !== 'number')
    throw damaged('has no end');
  if (trailer.sha256 !== hash.digest('hex')) throw damaged('was altered: its SHA-256 does not fit');
  return [header, trailer.rows];
}

function unreadable(error: unknown, file: string): unknown {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT') return damaged(`file ${file} does not exist`, error);
  if (code === 'Z_BUF_ERROR') return damaged('is cut off', error);
  if (typeof code === 'string' && code.startsWith('Z_'))
    return damaged('cannot be unpacked: it was altered, or is none', error);
  return error;
}
