import { expect } from '@jest/globals';
import { spawn } from 'node:child_process';
import path from 'node:path';

export const CLI = path.resolve(__dirname, '../../apps/standalone/dist/cli/push.js');

export interface CliRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
}

/** The built command as a process of its own, without what the environment happens to say. */
export function pushCli(args: readonly string[], { env = {}, cwd, input }: CliOptions = {}): Promise<CliRun> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PUSH_'));
  const child = spawn(process.execPath, [CLI, ...args], { cwd, env: { ...Object.fromEntries(inherited), ...env } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.end(input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** What `--json` printed: one document, and nothing for people. */
export function documentOf({ out, err }: CliRun): Record<string, unknown> {
  expect(err).toBe('');
  expect(out.trimEnd()).not.toContain('\n');
  return JSON.parse(out) as Record<string, unknown>;
}
