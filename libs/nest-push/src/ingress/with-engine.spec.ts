import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createMemoryStore, createPush, InProcessQueue, type Push } from 'push-core';
import { ManualClock } from 'push-core/testing';
import { createIngress, type Ingress } from './ingress.js';
import { message } from './ingress.fixture.js';

let clock: ManualClock;
let push: Push;
let queue: InProcessQueue;
let ingress: Ingress;

beforeEach(async () => {
  clock = new ManualClock();
  queue = new InProcessQueue();
  push = createPush({ store: createMemoryStore(), clock, random: () => 0.5 });
  await push.start();
  ingress = createIngress({ push, queue, clock });
  ingress.start();
});
afterEach(async () => {
  await ingress.stop();
  await push.close();
});

const put = async (...bodies: readonly object[]): Promise<void> => {
  await queue.put(
    'publish',
    bodies.map((body) => ({ body: Buffer.from(JSON.stringify(body)) })),
  );
  await clock.settle();
};
const inbox = async (): Promise<string[]> => (await push.inbox('t1', 'u1')).entries.map(({ type }) => type);

it('stores in the order of the queue, each key once', async () => {
  const types = Array.from({ length: 100 }, (_, i) => `n${i}`);
  await put(...types.map((type) => message(type, { idempotencyKey: type })));
  await put(...types.map((type) => message(type, { idempotencyKey: type })));
  expect(await inbox()).toEqual(types);
  expect(ingress.status()).toMatchObject({ inHand: 0, accepted: 200, refused: 0 });
});

it('gives a message without a key none that would stand in the way of the next', async () => {
  await put(message('same'), message('same'));
  expect(await inbox()).toEqual(['same', 'same']);
});

it('keeps what the engine refuses, in its words', async () => {
  await put(
    message('x', { to: {} }),
    message('x', { data: 'x'.repeat(70_000) }),
    message('x', { options: { ttl: 0 } }),
  );
  expect(queue.deadLetters('publish').map(({ reason }) => reason.split(':')[0])).toEqual([
    'NO_AUDIENCE',
    'TOO_LARGE',
    'INVALID',
  ]);
});

it('gives back what comes after the engine began to drain', async () => {
  await push.drain();
  await put(message('late'));
  expect(ingress.status()).toMatchObject({ inHand: 1, trouble: 'DRAINING' });
  await ingress.stop();
  expect([await queue.depth('publish'), queue.deadLetters('publish')]).toEqual([{ waiting: 1, dead: 0 }, []]);
});
