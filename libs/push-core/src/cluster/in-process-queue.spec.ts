import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { queueConformance } from '../testing/conformance/index.js';
import { InProcessQueue } from './in-process-queue.js';
import type { WorkOutcome } from './queue.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const done: WorkOutcome = { kind: 'done' };

queueConformance({ describe, it, beforeEach, afterEach, expect }, async () => {
  const queue = new InProcessQueue();
  let addresses = 0;
  return {
    queue,
    other: queue,
    name: 'work',
    crash: async (consumer) => queue.abandon(consumer),
    deadLetters: async (name) => queue.deadLetters(name),
    async listen() {
      const address = `replies-${++addresses}`;
      const received: { body: Uint8Array; correlationId?: string }[] = [];
      queue.onReply(address, (reply) => received.push(reply));
      return { address, received };
    },
    flush: turn,
    destroy: () => queue.close(),
  };
});

describe('the in-process queue', () => {
  it('never calls a handler within the turn of who puts or consumes', async () => {
    const queue = new InProcessQueue();
    let handled = 0;
    queue.consume('work', { inHand: 1 }, async () => (handled++, done));
    void queue.put('work', [{ body: bytes('a') }]);
    expect(handled).toBe(0);
    await turn();
    expect(handled).toBe(1);
  });

  it('keeps the work as it was put, whatever becomes of the bytes given', async () => {
    const queue = new InProcessQueue();
    const body = bytes('as it was');
    await queue.put('work', [{ body }]);
    body.fill(0);
    const seen: string[] = [];
    queue.consume('work', { inHand: 1 }, async (work) => (seen.push(new TextDecoder().decode(work.body)), done));
    await turn();
    expect(seen).toEqual(['as it was']);
  });

  it('refuses a consumer that could never take anything, naming the option', () => {
    const queue = new InProcessQueue();
    for (const inHand of [0, -1, 1.5, Number.NaN])
      expect(() => queue.consume('work', { inHand }, async () => done)).toThrow(
        expect.objectContaining({ code: 'INVALID', field: 'inHand' }),
      );
  });

  it('hands nothing to who begins to consume after the end', async () => {
    const queue = new InProcessQueue();
    await queue.put('work', [{ body: bytes('late') }]);
    await queue.close();
    let handled = 0;
    const consumer = queue.consume('work', { inHand: 1 }, async () => (handled++, done));
    await turn();
    await consumer.close();
    expect([handled, await queue.depth('work')]).toEqual([0, { waiting: 1, dead: 0 }]);
  });

  it('serves its consumers in turn', async () => {
    const queue = new InProcessQueue();
    const shares = [0, 0, 0];
    shares.forEach((_, i) =>
      queue.consume('work', { inHand: 10 }, async () => {
        shares[i] = (shares[i] ?? 0) + 1;
        return done;
      }),
    );
    await queue.put(
      'work',
      Array.from({ length: 9 }, () => ({ body: bytes('x') })),
    );
    await turn();
    expect(shares).toEqual([3, 3, 3]);
  });

  it('puts what comes back in its old place', async () => {
    const queue = new InProcessQueue();
    await queue.put(
      'work',
      ['1', '2', '3', '4', '5'].map((text) => ({ body: bytes(text) })),
    );
    const dying = queue.consume('work', { inHand: 3 }, () => new Promise(() => undefined));
    await turn();
    queue.abandon(dying);
    const seen: string[] = [];
    queue.consume('work', { inHand: 1 }, async (work) => (seen.push(new TextDecoder().decode(work.body)), done));
    await turn();
    expect(seen).toEqual(['1', '2', '3', '4', '5']);
  });
});
