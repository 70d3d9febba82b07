import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FILE = path.resolve(__dirname, '../../../docs/benchmarks/chaos.json');

/** One line on the screen; with PUSH_WRITE_RESULTS=1 a long run is also kept beside the benchmarks. */
export function tell(name: string, result: Record<string, unknown>, lane: 'quick' | 'long'): void {
  process.stdout.write(`${name}: ${JSON.stringify(result)}\n`);
  if (lane !== 'long' || process.env.PUSH_WRITE_RESULTS !== '1') return;
  mkdirSync(path.dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify({ ...kept(), [name]: result }, undefined, 2)}\n`);
}

function kept(): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** For a result: whole numbers are enough. */
export const round = (value: number): number => Math.round(value);
export const megabytes = (bytes: number): number => Math.round(bytes / 104_857.6) / 10;
