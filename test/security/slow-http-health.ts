import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ServerProcess } from '../support/server.js';

export interface Health {
  answers: number;
  worstMs: number;
  /** The same before anybody attacked: what this machine, busy with other things, takes by itself. */
  quietMs: number;
  /** What was no answer of health, if anything was. */
  trouble?: string;
}

/** Asks for the server's health all the time, on a connection of its own each, as a load balancer does. */
const WATCH = `
  const { get } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const seen = { answers: 0, worstMs: 0, quietMs: 0, trouble: undefined };
  const ask = () => new Promise((resolve) => {
    get(workerData, { agent: false }, (answer) => {
      if (answer.statusCode !== 200) seen.trouble ??= 'status ' + answer.statusCode;
      answer.resume().on('end', resolve);
    }).on('error', (error) => resolve(seen.trouble ??= error.message));
  });
  let watching = true;
  parentPort.once('message', () => (watching = false));
  (async () => {
    while (watching) {
      const begin = performance.now();
      await ask();
      seen.worstMs = Math.max(seen.worstMs, performance.now() - begin);
      seen.answers += 1;
      if (seen.answers === 20) {
        seen.quietMs = seen.worstMs;
        seen.worstMs = 0;
        parentPort.postMessage('quiet');
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    parentPort.postMessage(seen);
  })();
`;

/**
 * In a thread of its own: the attackers keep the test's busy, and their delay is not the server's. Resolves before the
 * attack may begin, with what ends the watch and tells; that may be called again.
 */
export async function watchHealth(server: ServerProcess): Promise<() => Promise<Health>> {
  const worker = new Worker(WATCH, { eval: true, workerData: `${server.url}/healthz` });
  await once(worker, 'message');
  const told = once(worker, 'message').then(([seen]) => seen as Health);
  let asked = false;
  return () => {
    if (!asked) worker.postMessage('enough');
    asked = true;
    return told;
  };
}

/** A second, and what the machine adds to it. */
export const boundMs = ({ quietMs }: Health): number => 1000 + 10 * quietMs;
