import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { misuse } from '../cli-error.js';
import type { Output } from '../output.js';
import type { ServerCall } from '../server-call.js';

export interface AuditChoice {
  /** Unix milliseconds. */
  readonly since?: number;
  readonly until?: number;
  readonly out?: string;
}

const NEW_LINE = 0x0a;
/** For whoever exports alone: it says who did what. */
const MODE = 0o600;

/** As lines of JSON, to the file or to standard output. */
export async function exportAudit(
  { since, until, out }: AuditChoice,
  server: ServerCall,
  output: Output,
): Promise<void> {
  if (out !== undefined && existsSync(out)) throw misuse('--out', `${out} exists; name another file`);
  const { body } = await server.answerTo('GET', '/v1/audit/export', undefined, { since, until });
  const lines = body ? Readable.fromWeb(body as ReadableStream<Uint8Array>) : Readable.from([]);
  if (out === undefined) return pipeline(lines, process.stdout, { end: false });
  let entries = 0;
  const counting = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      for (const byte of chunk) if (byte === NEW_LINE) entries++;
      done(null, chunk);
    },
  });
  try {
    await pipeline(lines, counting, createWriteStream(out, { flags: 'wx', mode: MODE }));
  } catch (error) {
    // What is cut off looks like a whole one.
    rmSync(out, { force: true });
    throw error;
  }
  output.document({ file: out, entries }, () => `${entries} entries in ${out}`);
}
