// The difference of two folders, the same on every machine.
import { spawnSync } from 'node:child_process';

/** Unified, without the times that `diff` puts behind file names. */
export function differenceOf(cwd, before, after) {
  const { status, stdout, stderr, error } = spawnSync('diff', ['-ruN', before, after], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (error) throw error;
  if (status > 1) throw new Error(`diff failed: ${stderr}`);
  return stdout.replace(/^diff -ruN .*\n/gm, '').replace(/^(---|\+\+\+) (\S+)\t.*$/gm, '$1 $2');
}

/** Lines added and lines removed, together. */
export function changedLines(difference) {
  return difference.split('\n').filter((line) => /^[+-](?!\+\+ |-- )/.test(line)).length;
}
