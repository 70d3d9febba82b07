// Starts, pins, asks and ends the processes of a measurement.
import { spawn, spawnSync } from 'node:child_process';
import os from 'node:os';

const alive = new Set();
const canPin =
  process.platform === 'linux' && os.cpus().length > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;
export const pinned = canPin;

process.on('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

function killAll() {
  for (const child of alive) child.kill('SIGKILL');
}

/** A Node process on one core, with a channel: `ask(command, args)` resolves with its answer. */
export async function startProcess(file, { core, args = [], nodeArgs = [], timeoutMs = 180_000 }) {
  const node = [process.execPath, ...nodeArgs, file, ...args];
  const [program, ...rest] = canPin ? ['taskset', '-c', String(core), ...node] : node;
  const env = { ...process.env, NODE_ENV: 'production', WS_NO_BUFFER_UTIL: '1', WS_NO_UTF_8_VALIDATE: '1' };
  const child = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], serialization: 'json' });
  alive.add(child);
  let output = '';
  const keep = (chunk) => (output = (output + chunk).slice(-4000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);

  let number = 0;
  const waiting = new Map();
  let ready;
  const started = new Promise((resolve, reject) => (ready = { resolve, reject }));
  child.on('message', (message) => {
    if (message.ready) return ready.resolve();
    const request = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) request?.reject(new Error(message.error));
    else request?.resolve(message.result);
  });
  let ended = false;
  const gone = (why) => {
    ended = true;
    alive.delete(child);
    const error = new Error(`${file} ${why}\n${output}`);
    ready.reject(error);
    for (const request of waiting.values()) request.reject(error);
    waiting.clear();
  };
  const exited = new Promise((resolve) => {
    child.on('exit', (code, signal) => (gone(`ended (${signal ?? code})`), resolve()));
    child.on('error', (error) => (gone(error.message), resolve()));
  });
  started.catch(() => {});

  function ask(command, commandArgs) {
    if (ended) return Promise.reject(new Error(`${file} has ended\n${output}`));
    const id = ++number;
    const asked = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(id);
        reject(new Error(`${file}: no answer to ${command} within ${timeoutMs} ms\n${output}`));
      }, timeoutMs);
      const settle = (how) => (value) => (clearTimeout(timer), how(value));
      waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      child.send({ id, command, args: commandArgs });
    });
    asked.catch(() => {}); // whoever awaits it later still sees it
    return asked;
  }
  async function stop({ gentlyMs = 0 } = {}) {
    if (gentlyMs > 0 && !ended) {
      child.disconnect();
      await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, gentlyMs).unref())]);
    }
    if (!ended) child.kill('SIGKILL');
    await exited;
  }
  await started;
  return { ask, stop };
}
