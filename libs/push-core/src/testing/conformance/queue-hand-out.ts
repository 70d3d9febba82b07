import { DONE, newWork, textOf, texts, type QueueCase } from './queue-case.js';
import type { SuiteRunner } from './suite-runner.js';

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `work ${i + 1}`);

/** Who gets what, when, and how often. */
export function handOutConformance({ it, expect }: SuiteRunner, current: () => QueueCase): void {
  it('hands out once what was put, as it was given', async () => {
    const site = current();
    const { taken } = site.hold();
    const body = Uint8Array.from({ length: 256 }, (_, i) => i);
    const headers = { 'x-kind': 'ü👍"', 'message-id': 'm-1' };
    await site.put({ body, headers }, { body: new Uint8Array() }, newWork('{"a":1}'));
    await site.until(() => taken.length >= 3);
    await site.quiet();
    const [first, empty, third] = taken.map(({ work }) => work);
    expect([...(first?.body ?? [])]).toEqual([...body]);
    expect([first?.headers['x-kind'], first?.headers['message-id']]).toEqual(['ü👍"', 'm-1']);
    expect([empty?.body.length, third && textOf(third.body), taken.length]).toEqual([0, '{"a":1}', 3]);
    expect(taken.map(({ work }) => work.attempts)).toEqual([1, 1, 1]);
  });

  it('keeps work that was put before anybody consumes', async () => {
    const site = current();
    await site.put(newWork('early'));
    await site.quiet();
    const { taken } = site.hold();
    await site.until(() => taken.length > 0);
    expect(texts(taken)).toEqual(['early']);
  });

  it('keeps the order in which it was put', async () => {
    const site = current();
    const all = numbered(50);
    await site.put(...all.slice(0, 30).map((text) => newWork(text)));
    const seen: string[] = [];
    site.consume(async ({ body }) => {
      seen.push(textOf(body));
      return DONE;
    }, 1);
    await site.put(...all.slice(30).map((text) => newWork(text)));
    await site.until(() => seen.length >= all.length);
    expect(seen).toEqual(all);
  });

  it('has no more in hand than it may, and goes on as soon as one has its outcome', async () => {
    const site = current();
    await site.put(...numbered(5).map((text) => newWork(text)));
    const { taken } = site.hold(2);
    await site.until(() => taken.length >= 2);
    await site.quiet();
    expect(texts(taken)).toEqual(['work 1', 'work 2']);
    taken[1]?.answer(DONE);
    await site.until(() => taken.length >= 3);
    await site.quiet();
    expect(texts(taken)).toEqual(['work 1', 'work 2', 'work 3']);
  });

  it('shares work between consumers, each piece with one of them', async () => {
    const site = current();
    const here = site.hold(1);
    const there = site.hold(1, site.harness.other);
    await site.put(...numbered(2).map((text) => newWork(text)));
    await site.until(() => here.taken.length + there.taken.length >= 2);
    await site.quiet();
    expect([here.taken.length, there.taken.length]).toEqual([1, 1]);
    expect([...texts(here.taken), ...texts(there.taken)].sort()).toEqual(['work 1', 'work 2']);
  });

  it('takes an empty list, and a long one', async () => {
    const site = current();
    const seen: string[] = [];
    site.consume(async ({ body }) => {
      seen.push(textOf(body));
      return DONE;
    });
    await site.put();
    await site.put(...numbered(1000).map((text) => newWork(text)));
    await site.until(() => seen.length >= 1000);
    expect(seen).toEqual(numbered(1000));
  });

  it('keeps queues apart', async () => {
    const site = current();
    const { taken } = site.hold();
    await site.harness.queue.put(`${site.harness.name}-2`, [newWork('elsewhere')]);
    await site.put(newWork('here'));
    await site.until(() => taken.length > 0);
    await site.quiet();
    expect(texts(taken)).toEqual(['here']);
  });

  it('counts what waits', async () => {
    const site = current();
    await site.put(...numbered(3).map((text) => newWork(text)));
    const waiting = async (): Promise<number> => (await site.harness.queue.depth(site.harness.name)).waiting;
    await site.until(async () => (await waiting()) === 3);
    expect(await site.harness.queue.depth(site.harness.name)).toEqual({ waiting: 3, dead: 0 });
    const { taken } = site.hold();
    await site.until(() => taken.length >= 3);
    for (const one of taken) one.answer(DONE);
    await site.until(async () => (await waiting()) === 0);
    expect(await site.harness.queue.depth(site.harness.name)).toEqual({ waiting: 0, dead: 0 });
  });
}
