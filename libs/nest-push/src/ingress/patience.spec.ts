import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { failure, IngressBench, message } from './ingress.fixture.js';

const MINUTE = 60_000;
let bench: IngressBench;
beforeEach(() => {
  bench = new IngressBench();
  bench.ingress.start();
});
afterEach(() => bench.ingress.stop());

describe('what cannot be stored now', () => {
  for (const code of ['STORE_UNAVAILABLE', 'STORE_FULL', 'OVERLOADED', 'DRAINING', 'RATE_LIMITED'] as const) {
    it(`stays in hand through ten minutes of ${code}, and is stored then, in the order it came`, async () => {
      bench.engine.fails = () => failure(code);
      const types = Array.from({ length: 20 }, (_, i) => `n${i}`);
      for (const type of types.slice(0, 10)) await bench.put(message(type));
      await bench.clock.advance(5 * MINUTE);
      for (const type of types.slice(10)) await bench.put(message(type));
      await bench.clock.advance(5 * MINUTE);
      expect(bench.ingress.status()).toMatchObject({ inHand: 20, accepted: 0, refused: 0, trouble: code });
      bench.engine.fails = () => undefined;
      await bench.clock.advance(15_000);
      expect(bench.engine.stored).toEqual(types.map((type) => `t1 ${type}`));
      expect(bench.reasons()).toEqual([]);
      expect(bench.ingress.status()).toMatchObject({ inHand: 0, accepted: 20, trouble: undefined });
    });
  }

  it('is tried less and less often, and not before the time the error names', async () => {
    bench.engine.fails = () => failure('STORE_UNAVAILABLE');
    await bench.put(message('a'));
    await bench.clock.settle();
    const triesWithin = async (ms: number): Promise<number> => {
      const before = bench.engine.tried.length;
      await bench.clock.advance(ms);
      return bench.engine.tried.length - before;
    };
    expect(await triesWithin(MINUTE)).toBeLessThan(20);
    expect(await triesWithin(MINUTE)).toBe(12);
    bench.engine.fails = () => failure('RATE_LIMITED', 20_000);
    await triesWithin(MINUTE);
    expect(await triesWithin(MINUTE)).toBeLessThanOrEqual(3);
  });

  it('counts once where the store kept it and the answer got lost', async () => {
    bench.engine.losesAnswer = true;
    bench.engine.fails = () => failure('STORE_UNAVAILABLE');
    await bench.put(message('a'));
    await bench.clock.advance(1_000);
    bench.engine.fails = () => undefined;
    await bench.clock.advance(15_000);
    expect(bench.engine.stored).toEqual(['t1 a']);
    expect(new Set(bench.engine.tried).size).toBe(1);
  });

  it('holds up its own tenant only', async () => {
    bench.engine.fails = (type) => (type === 'busy' ? failure('RATE_LIMITED') : undefined);
    await bench.put(message('busy'));
    await bench.clock.settle();
    await bench.put({ ...message('free'), tenant: 't2' });
    await bench.clock.settle();
    expect(bench.engine.stored).toEqual(['t2 free']);
  });

  it('is not overtaken by what comes while it waits', async () => {
    bench.engine.fails = () => failure('OVERLOADED', 1_000);
    await bench.put(message('first'));
    await bench.clock.settle();
    bench.engine.fails = () => undefined;
    await bench.put(message('second'));
    await bench.clock.settle();
    expect(bench.engine.stored).toEqual([]);
    await bench.clock.advance(5_000);
    expect(bench.engine.stored).toEqual(['t1 first', 't1 second']);
  });

  it('waits for a try still under way, which may have to be repeated before it', async () => {
    let open = (): void => undefined;
    bench.engine.fails = () => failure('STORE_UNAVAILABLE');
    const gate = new Promise<void>((resolve) => (open = resolve));
    bench.engine.gate = gate;
    await bench.put(message('slow'));
    await bench.clock.settle();
    bench.engine.gate = Promise.resolve();
    await bench.put(message('quick'));
    await bench.clock.advance(MINUTE);
    expect(bench.engine.tried).toHaveLength(2);
    open();
    await bench.clock.settle();
    bench.engine.fails = () => undefined;
    await bench.clock.advance(MINUTE);
    expect(bench.engine.stored).toEqual(['t1 slow', 't1 quick']);
  });

  it('keeps of a batch what is decided, and tries the rest again with the same keys', async () => {
    bench.engine.fails = (type) => (type === 'b' ? failure('STORE_UNAVAILABLE') : undefined);
    const messages = ['a', 'b', 'c'].map((type) => ({ to: { users: ['u1'] }, type }));
    const answers: string[] = [];
    bench.queue.onReply('here', ({ body }) => answers.push(new TextDecoder().decode(body)));
    await bench.put({ tenant: 't1', messages }, { replyTo: 'here' });
    await bench.clock.settle();
    expect(answers).toEqual([]);
    bench.engine.fails = () => undefined;
    await bench.clock.advance(15_000);
    expect(bench.engine.stored).toEqual(['t1 a', 't1 c', 't1 b']);
    const tries = bench.engine.tried.map((line) => line.split(' '));
    expect(tries.map(([type]) => type)).toEqual(['a', 'b', 'c', 'b']);
    expect(tries[3]?.[1]).toBe(tries[1]?.[1]);
    expect(bench.ingress.status()).toMatchObject({ accepted: 1, inHand: 0 });
    expect(answers.map((text) => JSON.parse(text).results.map(({ id }: { id: string }) => id))).toEqual([
      ['m1', 'm3', 'm2'],
    ]);
  });
});

describe('a failure nobody can explain', () => {
  it('holds nobody up', async () => {
    bench.engine.fails = (type) => (type === 'poison' ? failure('INTERNAL') : undefined);
    await bench.put(message('poison'));
    await bench.clock.settle();
    await bench.put(message('good'));
    await bench.clock.settle();
    expect(bench.engine.stored).toEqual(['t1 good']);
  });

  it('is repeated for minutes; then the queue counts it as handed out in vain, and keeps it in the end', async () => {
    bench.engine.fails = () => failure('INTERNAL');
    await bench.put(message('poison'));
    await bench.clock.advance(10 * MINUTE);
    expect([bench.reasons(), bench.ingress.status().inHand]).toEqual([[], 1]);
    await bench.clock.advance(20 * MINUTE);
    expect([bench.reasons(), bench.ingress.status().inHand]).toEqual([['delivery-limit'], 0]);
  });

  it('is no end of what fails for a while only', async () => {
    bench.engine.fails = () => failure('INTERNAL');
    await bench.put(message('unlucky'));
    await bench.clock.advance(5_000);
    bench.engine.fails = () => undefined;
    await bench.clock.advance(15_000);
    expect(bench.engine.stored).toEqual(['t1 unlucky']);
  });
});

describe('the end', () => {
  it('gives back what waits, untouched, for another node', async () => {
    bench.engine.fails = () => failure('STORE_UNAVAILABLE');
    for (const type of ['a', 'b', 'c']) await bench.put(message(type));
    await bench.clock.advance(1_000);
    await bench.ingress.stop();
    expect([await bench.waiting(), bench.ingress.status().state, bench.reasons()]).toEqual([3, 'stopped', []]);
    bench.engine.fails = () => undefined;
    const other = bench.another();
    other.start();
    await bench.clock.settle();
    expect(bench.engine.stored).toEqual(['t1 a', 't1 b', 't1 c']);
    expect(bench.clock.pending()).toBe(0);
  });

  it('gives back at once what fails while it stops, and what is repeated by itself', async () => {
    let open = (): void => undefined;
    bench.engine.fails = (type) => failure(type === 'poison' ? 'INTERNAL' : 'DRAINING');
    await bench.put(message('poison'));
    await bench.clock.settle();
    bench.engine.gate = new Promise((resolve) => (open = resolve));
    await bench.put(message('late'));
    await bench.clock.settle();
    const stopping = bench.ingress.stop();
    open();
    await stopping;
    expect([await bench.waiting(), bench.clock.pending()]).toEqual([2, 0]);
  });

  it('finishes what is being stored', async () => {
    let open = (): void => undefined;
    bench.engine.gate = new Promise((resolve) => (open = resolve));
    await bench.put(message('a'));
    await bench.clock.settle();
    let stopped = false;
    const stopping = bench.ingress.stop().then(() => (stopped = true));
    await bench.clock.settle();
    expect([stopped, bench.ingress.status().state]).toEqual([false, 'stopping']);
    open();
    await stopping;
    expect([bench.engine.stored, await bench.waiting()]).toEqual([['t1 a'], 0]);
  });

  it('takes nothing before the start, nothing after the stop, and both once', async () => {
    await bench.ingress.stop();
    const other = bench.another();
    await bench.put(message('a'));
    await bench.clock.settle();
    expect(bench.engine.tried).toEqual([]);
    other.start();
    other.start();
    await bench.clock.settle();
    await Promise.all([other.stop(), other.stop()]);
    other.start();
    await bench.put(message('b'));
    await bench.clock.settle();
    expect(bench.engine.stored).toEqual(['t1 a']);
    const never = bench.another();
    await never.stop();
    never.start();
    expect(never.status().state).toBe('stopped');
  });
});
