import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IngressBench, message } from './ingress.fixture.js';

let bench: IngressBench;
beforeEach(() => {
  bench = new IngressBench();
  bench.ingress.start();
});
afterEach(() => bench.ingress.stop());

const problem = (code: string, field?: string): unknown =>
  expect.objectContaining({ code, ...(field === undefined ? {} : { field }), type: `urn:nest-push:error:${code}` });

describe('a publish from the queue', () => {
  it('is stored and answered with its id', async () => {
    const answer = await bench.ask(message('chat', { idempotencyKey: 'k1' }));
    expect(answer).toEqual({ id: 'm1', acceptedAt: 1, duplicate: false });
    expect(bench.engine.stored).toEqual(['t1 chat']);
    expect(bench.ingress.status()).toMatchObject({ state: 'started', inHand: 0, accepted: 1, refused: 0 });
  });

  it('counts once under one idempotency key', async () => {
    await bench.ask(message('chat', { idempotencyKey: 'k1' }));
    const again = await bench.ask(message('chat', { idempotencyKey: 'k1' }));
    expect(again).toEqual({ id: 'm1', acceptedAt: 1, duplicate: true });
    expect(bench.engine.stored).toEqual(['t1 chat']);
  });

  it('is not acknowledged before it is stored', async () => {
    let open = (): void => undefined;
    bench.engine.gate = new Promise((resolve) => (open = resolve));
    expect(await bench.ask(message('chat'))).toBeUndefined();
    expect(bench.ingress.status()).toMatchObject({ inHand: 1, accepted: 0 });
    open();
    await bench.clock.settle();
    expect(bench.ingress.status()).toMatchObject({ inHand: 0, accepted: 1 });
  });

  it('starts in the order of the queue, without waiting for those before it', async () => {
    let open = (): void => undefined;
    bench.engine.gate = new Promise((resolve) => (open = resolve));
    const types = Array.from({ length: 100 }, (_, i) => `n${i}`);
    for (const type of types) await bench.put(message(type));
    await bench.clock.settle();
    expect(bench.engine.tried.map((line) => line.split(' ')[0])).toEqual(types);
    open();
    await bench.clock.settle();
    expect(bench.engine.stored).toEqual(types.map((type) => `t1 ${type}`));
  });

  it('takes no more than it may have in hand', async () => {
    await bench.ingress.stop();
    bench.engine.gate = new Promise(() => undefined);
    bench.another({ inHand: 3 }).start();
    for (let i = 0; i < 10; i++) await bench.put(message(`n${i}`));
    await bench.clock.settle();
    expect([bench.engine.tried.length, await bench.waiting()]).toEqual([3, 7]);
  });
});

describe('what cannot be accepted', () => {
  const cases: [what: string, body: unknown, reason: string, field: string][] = [
    ['no JSON', 'hello', 'INVALID: The body is not valid JSON', 'body'],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'INVALID: The body is not valid UTF-8', 'body'],
    ['nothing', '', 'INVALID: The body is not valid JSON', 'body'],
    ['a list', '[]', 'INVALID: "body" must be a JSON object', 'body'],
    ['null', 'null', 'INVALID: "body" must be a JSON object', 'body'],
    ['deep', '['.repeat(500) + ']'.repeat(500), 'INVALID: The body is nested deeper than 100 levels', 'body'],
    ['no tenant', { to: { users: ['u1'] }, type: 'x' }, 'INVALID: "tenant" is missing', 'tenant'],
    ['an odd tenant', { ...message('x'), tenant: 7 }, 'INVALID: "tenant" must be string', 'tenant'],
    ['no type', { tenant: 't1', to: { users: ['u1'] } }, 'INVALID: "type" is missing', 'type'],
    ['a key that is none', message('x', { idempotencyKey: null }), 'INVALID: "idempotencyKey"', 'idempotencyKey'],
    ['an unknown field', message('x', { tipe: 1 }), 'UNKNOWN_FIELD: There is no field "tipe"; remove it', 'tipe'],
    ['a hidden field', '{"tenant":"t1","to":{"users":["u"]},"type":"x","__proto__":{}}', 'UNKNOWN_FIELD', '__proto__'],
  ];
  for (const [what, body, reason, field] of cases) {
    it(`becomes a dead letter with its reason, and the problem is answered: ${what}`, async () => {
      const answer = await bench.ask(body);
      expect(answer).toEqual(problem(reason.split(':')[0] as string, field));
      expect(bench.reasons()).toHaveLength(1);
      expect(bench.reasons()[0]?.startsWith(reason)).toBe(true);
      expect(bench.ingress.status()).toMatchObject({ accepted: 0, refused: 1, inHand: 0 });
    });
  }

  it('is too large beyond 4 MiB', async () => {
    const answer = await bench.ask(message('x', { data: 'x'.repeat(4 * 1024 * 1024) }));
    expect(answer).toEqual(problem('TOO_LARGE', 'body'));
    expect(bench.reasons()).toEqual(['TOO_LARGE: The body is larger than 4194304 bytes']);
  });

  it('is a key used with another body', async () => {
    await bench.ask(message('one', { idempotencyKey: 'k1' }));
    expect(await bench.ask(message('two', { idempotencyKey: 'k1' }))).toEqual(problem('IDEMPOTENCY_CONFLICT'));
    expect(bench.reasons()).toEqual(['IDEMPOTENCY_CONFLICT: Used with another body']);
  });

  it('keeps a reason short, whatever the publisher wrote', async () => {
    await bench.ask(message('x', { ['f'.repeat(100_000)]: 1 }));
    expect(bench.reasons()[0]?.length).toBe(500);
  });

  it('stops nobody behind it', async () => {
    for (const body of ['garbage', '{', message('ok'), 'null']) await bench.put(body);
    await bench.clock.settle();
    expect([bench.engine.stored, bench.reasons().length]).toEqual([['t1 ok'], 3]);
  });
});

describe('a batch', () => {
  it('is answered item by item, in order', async () => {
    const items = ['a', 'b', 'c'].map((type) => ({ to: { users: ['u1'] }, type, idempotencyKey: `k-${type}` }));
    const answer = await bench.ask({ tenant: 't1', messages: items });
    expect(answer).toEqual({ results: ['m1', 'm2', 'm3'].map((id) => ({ id, acceptedAt: 1, duplicate: false })) });
    expect(bench.engine.tried).toEqual(['a k-a', 'b k-b', 'c k-c']);
    expect(bench.ingress.status()).toMatchObject({ accepted: 1 });
  });

  it('stores the good items, answers the bad ones, and keeps the letter with what was wrong', async () => {
    const answer = (await bench.ask({
      tenant: 't1',
      messages: [{ to: { users: ['u1'] }, type: 'a' }, { to: { users: ['u1'] } }, { to: { users: ['u1'] }, type: 'c' }],
    })) as { results: unknown };
    expect(answer.results).toEqual([
      { id: 'm1', acceptedAt: 1, duplicate: false },
      problem('INVALID', 'type'),
      { id: 'm2', acceptedAt: 1, duplicate: false },
    ]);
    expect(bench.engine.stored).toEqual(['t1 a', 't1 c']);
    expect(bench.reasons()).toEqual([
      'INVALID: messages[1]: "type" is missing (1 of 3 refused, the others are stored)',
    ]);
  });

  const bad: [what: string, body: object, code: string, field: string][] = [
    ['no list', { tenant: 't1', messages: {} }, 'INVALID', 'messages'],
    ['an empty one', { tenant: 't1', messages: [] }, 'INVALID', 'messages'],
    ['too many', { tenant: 't1', messages: Array.from({ length: 501 }, () => ({})) }, 'INVALID', 'messages'],
    ['a key for all', { tenant: 't1', messages: [{}], idempotencyKey: 'k' }, 'UNKNOWN_FIELD', 'idempotencyKey'],
    ['a publish as well', { ...message('x'), messages: [{}] }, 'UNKNOWN_FIELD', 'to'],
  ];
  for (const [what, body, code, field] of bad) {
    it(`is refused as a whole: ${what}`, async () => {
      expect(await bench.ask(body)).toEqual(problem(code, field));
      expect(bench.engine.stored).toEqual([]);
      expect(bench.reasons()).toHaveLength(1);
    });
  }
});

describe("Nest's envelope", () => {
  const id = '1f0c9a2b3d4e5f60718293';

  it('is opened, and the answer comes in the envelope of a response', async () => {
    const answer = await bench.ask({ pattern: 'push.publish', data: message('chat'), id });
    expect(answer).toEqual({ response: { id: 'm1', acceptedAt: 1, duplicate: false }, isDisposed: true, id });
  });

  it('carries events, which have no id', async () => {
    await bench.put({ pattern: 'push.publish', data: message('chat') });
    await bench.clock.settle();
    expect(bench.engine.stored).toEqual(['t1 chat']);
  });

  it('carries batches', async () => {
    const messages = [{ to: { users: ['u1'] }, type: 'a' }, { to: { users: ['u1'] } }];
    const answer = await bench.ask({ pattern: 'push.publish', data: { tenant: 't1', messages }, id });
    expect(answer).toMatchObject({ isDisposed: true, id, response: { results: [{ id: 'm1' }, { code: 'INVALID' }] } });
  });

  for (const pattern of ['"push.publish"', { cmd: 'push.publish' }, '{"cmd":"push.publish"}']) {
    it(`knows its pattern also as ${JSON.stringify(pattern)}`, async () => {
      await bench.put({ pattern, data: message('chat') });
      await bench.clock.settle();
      expect([bench.engine.stored, bench.reasons()]).toEqual([['t1 chat'], []]);
    });
  }

  const refused: [what: string, body: object, code: string, field: string][] = [
    ['another pattern', { pattern: 'push.delete', data: message('x'), id }, 'INVALID', 'pattern'],
    ['a pattern with more in it', { pattern: { cmd: 'push.publish', v: 2 }, data: {}, id }, 'INVALID', 'pattern'],
    ['no data', { pattern: 'push.publish', id }, 'INVALID', 'data'],
    [
      'a key outside',
      { pattern: 'push.publish', data: {}, id, idempotencyKey: 'k' },
      'UNKNOWN_FIELD',
      'idempotencyKey',
    ],
    ['no tenant', { pattern: 'push.publish', data: { type: 'x' }, id }, 'INVALID', 'tenant'],
    ['a bad publish', { pattern: 'push.publish', data: { tenant: 't1' }, id }, 'INVALID', 'to'],
  ];
  for (const [what, body, code, field] of refused) {
    it(`brings the problem as the error of the response: ${what}`, async () => {
      expect(await bench.ask(body)).toEqual({ err: problem(code, field), isDisposed: true, id });
      expect(bench.reasons()).toHaveLength(1);
    });
  }

  it('is recognised where the rest cannot be read, so that a problem is no result', async () => {
    const deep = `{"pattern":"push.publish","data":${'['.repeat(200)}${']'.repeat(200)},"id":"${id}"}`;
    expect(await bench.ask(deep)).toEqual({ err: problem('INVALID', 'body'), isDisposed: true });
  });
});
