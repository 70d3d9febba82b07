import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../support/eventually.js';
import { tell } from '../support/results.js';
import { MortalWorker } from './support/mortal-worker.js';

const MESSAGES = 200;
const isPoison = (i: number): boolean => i % 100 === 42;

let dir: string;
let worker: MortalWorker;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'push-mortal-'));
});
afterEach(async () => {
  await worker.end();
  rmSync(dir, { recursive: true, force: true });
});

/** R16 for notifications, the worst of it: one in a hundred takes the whole process along, and many others are on their way then. */
it('a notification that ends the process ends among the dead, and takes no other along', async () => {
  const publishes = Array.from({ length: MESSAGES }, (_, i) => ({
    key: `m${i}`,
    title: isPoison(i) ? 'poison' : 'fine',
  }));
  worker = new MortalWorker(path.join(dir, 'push.db'), publishes);
  const keysOf = (wanted: boolean) => publishes.filter((_, i) => isPoison(i) === wanted).map(({ key }) => key);
  const idsOf = (keys: readonly string[]) => keys.map((key) => worker.ids.get(key));
  const [poison, fine] = [keysOf(true), keysOf(false)];
  await eventually(
    () => worker.dead.length === poison.length && idsOf(fine).every((id) => id !== undefined && worker.shown.has(id)),
    90_000,
  );
  expect(new Set(worker.dead.map(({ messageId }) => messageId))).toEqual(new Set(idsOf(poison)));
  expect(worker.dead.map(({ reason }) => reason)).toEqual(poison.map(() => 'unknown_after_write'));
  const twice = [...worker.shown.values()].filter((times) => times > 1);
  tell(
    'R16 a handler that ends the process',
    { messages: MESSAGES, poison: poison.length, deaths: worker.deaths, shownAgain: twice.length },
    'quick',
  );
  // Each dies with the process twice at most; it is never tried a third time.
  expect(worker.deaths).toBeLessThanOrEqual(2 * poison.length);
  expect(Math.max(...worker.shown.values())).toBeLessThanOrEqual(2);
}, 120_000);
