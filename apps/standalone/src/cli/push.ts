#!/usr/bin/env node
import { CommanderError } from 'commander';
import { CliError, FAILED, WRONG_USE } from './cli-error.js';
import { pushProgram } from './program.js';

const wantsJson = process.argv.slice(2).includes('--json');

// `push … | head` ends early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await pushProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = told(error);
}

/** Says what went wrong, and what to do, in one way or the other; the exit code. */
function told(error: unknown): number {
  // Help and version end this way, too. Commander has said it already, unless it was asked for JSON.
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (wantsJson) print({ code: 'WRONG_USE', message: error.message.replace(/^error: /, '') });
    return WRONG_USE;
  }
  const { message, code, field, details, exitCode } = error as CliError & { code?: string; field?: string };
  const about = { code: details?.code ?? code ?? (exitCode === WRONG_USE ? 'WRONG_USE' : 'FAILED'), message };
  const named = details?.field ?? field;
  if (wantsJson) print({ ...about, ...(named === undefined ? {} : { field: named }) });
  else process.stderr.write(`${message}\n`);
  return error instanceof CliError ? error.exitCode : FAILED;
}

function print(error: object): void {
  process.stdout.write(`${JSON.stringify({ error })}\n`);
}
