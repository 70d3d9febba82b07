#!/usr/bin/env node
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { WRONG_SETUP, type ReadyNote } from './ready-note.js';
import { FIRST_PEOPLE } from './seed/first-people.js';

/**
 * Keeps the server running.
 *
 * starting → (it says that it is ready) up → (it dies) starting again, after a pause that grows while it never gets ready;
 * starting → (it says that its set-up is wrong) over. SIGTERM and SIGINT end the server, then this; a server that does not end
 * in time is killed.
 */
const SERVER = fileURLToPath(new URL('./main.js', import.meta.url));
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const ENDS_WITHIN_MS = 12_000;

let server: ChildProcess | undefined;
let pauseMs = FIRST_PAUSE_MS;
let starts = 0;
let isEnding = false;

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
start();

function start(): void {
  starts += 1;
  const child = fork(SERVER, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  server = child;
  child.on('message', ({ kind, url }: ReadyNote) => {
    if (kind !== 'ready') return;
    pauseMs = FIRST_PAUSE_MS;
    process.stdout.write(starts === 1 ? welcome(url) : `The server is back: pid ${child.pid}\n`);
  });
  child.on('exit', (code, signal) => {
    server = undefined;
    if (isEnding) process.exit(0);
    if (code === WRONG_SETUP) process.exit(WRONG_SETUP);
    process.stdout.write(`The server died (${signal ?? `exit code ${code}`}); it is started again\n`);
    setTimeout(start, pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  });
}

function end(): void {
  if (isEnding) return;
  isEnding = true;
  if (!server) process.exit(0);
  const { pid } = server;
  server.kill('SIGTERM');
  setTimeout(() => {
    process.stderr.write(`The server (pid ${pid}) did not end within ${ENDS_WITHIN_MS / 1000} s and is killed\n`);
    server?.kill('SIGKILL');
  }, ENDS_WITHIN_MS);
}

function welcome(url: string): string {
  const [first, second] = FIRST_PEOPLE;
  return [
    '',
    `  The chat is at  ${url}`,
    `  Log in as       ${first.id} (password ${first.id}), and in a private window as ${second.id} (password ${second.id})`,
    '  Ctrl+C ends it.',
    '',
    '',
  ].join('\n');
}
