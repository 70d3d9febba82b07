import { SingleBar } from 'cli-progress';
import type { BackupProgress } from 'nest-push/typeorm';
import type { Output } from '../output.js';

/** A bar while `work` lasts, on a terminal; elsewhere nothing. */
export async function withProgress<T>(
  output: Output,
  work: (onProgress: (progress: BackupProgress) => void) => Promise<T>,
): Promise<T> {
  if (output.json || !process.stderr.isTTY) return work(() => {});
  const bar = new SingleBar({ stream: process.stderr, format: '{what} {bar} {value} rows', clearOnComplete: true });
  bar.start(0, 0, { what: 'reading' });
  try {
    return await work(({ what, rows, ofRows }) => {
      if (ofRows !== undefined) bar.setTotal(ofRows);
      bar.update(rows, { what });
    });
  } finally {
    bar.stop();
  }
}
