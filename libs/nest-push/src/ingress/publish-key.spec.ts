import { beforeEach, describe, expect, it } from '@jest/globals';
import { IngressBench, message } from './ingress.fixture.js';

const body = (text: string): Uint8Array => Buffer.from(JSON.stringify(message(text)));

/** The broker hands a piece of work out twice, as after a crash between storing and acknowledging. */
async function twice(bench: IngressBench, what: unknown, headers?: Record<string, string>): Promise<void> {
  for (let i = 0; i < 2; i++) await bench.put(what, { headers });
  await bench.clock.settle();
}

describe('work that is handed out twice', () => {
  let bench: IngressBench;
  beforeEach(() => {
    bench = new IngressBench();
    bench.ingress.start();
  });

  it('counts once where it has a message id', async () => {
    await twice(bench, body('a'), { 'message-id': 'id-1' });
    expect(bench.engine.stored).toEqual(['t1 a']);
  });

  it('counts once where it is a question asked through Nest', async () => {
    await twice(bench, { pattern: 'push.publish', data: message('a'), id: '1f0c9a2b3d4e5f60718293' });
    expect(bench.engine.stored).toEqual(['t1 a']);
  });

  it('counts once item by item in a batch', async () => {
    const items = ['a', 'b', 'a'].map((type) => ({ to: { users: ['u1'] }, type }));
    await twice(bench, { tenant: 't1', messages: items }, { 'message-id': 'id-1' });
    expect(bench.engine.stored).toEqual(['t1 a', 't1 b', 't1 a']);
  });

  it('goes by the key of the publisher first', async () => {
    await bench.put(message('a', { idempotencyKey: 'k1' }), { headers: { 'message-id': 'id-1' } });
    await bench.put(message('a', { idempotencyKey: 'k1' }), { headers: { 'message-id': 'id-2' } });
    await bench.clock.settle();
    expect(bench.engine.tried).toEqual(['a k1', 'a k1']);
  });

  it('cannot be told from two publishes where nothing names it', async () => {
    await twice(bench, body('a'));
    await twice(bench, { pattern: 'push.publish', data: message('b'), id: '1' });
    expect(bench.engine.stored).toEqual(['t1 a', 't1 a', 't1 b', 't1 b']);
  });
});

describe('different publishes', () => {
  it('are kept apart by their bodies where the publisher gives all the same message id', async () => {
    const bench = new IngressBench();
    bench.ingress.start();
    for (const type of ['a', 'b']) await bench.put(body(type), { headers: { 'message-id': '1' } });
    await bench.clock.settle();
    expect([bench.engine.stored, bench.reasons()]).toEqual([['t1 a', 't1 b'], []]);
  });

  it('are kept apart where the same bytes come under other ids', async () => {
    const bench = new IngressBench();
    bench.ingress.start();
    for (const id of ['1', '2']) await bench.put(body('a'), { headers: { 'message-id': id } });
    await bench.clock.settle();
    expect(bench.engine.stored).toEqual(['t1 a', 't1 a']);
  });
});
