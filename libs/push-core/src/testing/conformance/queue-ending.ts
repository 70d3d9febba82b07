import { DONE, newWork, textOf, texts, type QueueCase } from './queue-case.js';
import type { SuiteRunner } from './suite-runner.js';

/** Consumers that close, consumers that die, and the end of it all. */
export function queueEndingConformance({ it, expect }: SuiteRunner, current: () => QueueCase): void {
  it('closes a consumer when what it has in hand is finished, and hands it nothing more', async () => {
    const site = current();
    const { taken, consumer } = site.hold(1);
    await site.put(newWork('in hand'), newWork('later'));
    await site.until(() => taken.length >= 1);
    let closed = false;
    const closing = consumer.close().then(() => (closed = true));
    await site.quiet();
    expect([texts(taken), closed]).toEqual([['in hand'], false]);
    taken[0]?.answer(DONE);
    await closing;
    await site.quiet();
    expect(texts(taken)).toEqual(['in hand']);
    const next = site.hold();
    await site.until(() => next.taken.length >= 1);
    await site.quiet();
    expect(next.taken.map(({ text, work }) => [text, work.attempts])).toEqual([['later', 1]]);
    await consumer.close();
  });

  it('hands out again what was in hand of a consumer that died, and hears it no more', async () => {
    const site = current();
    const dying = site.hold(1);
    await site.put(newWork('orphan'), newWork('next'));
    await site.until(() => dying.taken.length >= 1);
    await site.harness.crash(dying.consumer);
    const heir = site.hold(1, site.harness.other);
    await site.until(() => heir.taken.length >= 1);
    dying.taken[0]?.answer({ kind: 'dead', reason: 'too late' });
    await site.quiet();
    expect(heir.taken.map(({ text, work }) => [text, work.attempts])).toEqual([['orphan', 2]]);
    heir.taken[0]?.answer(DONE);
    await site.until(() => heir.taken.length >= 2);
    await site.quiet();
    expect([texts(heir.taken), texts(dying.taken), await site.dead()]).toEqual([['orphan', 'next'], ['orphan'], []]);
  });

  it('loses nothing when one of two busy consumers dies', async () => {
    const site = current();
    const all = Array.from({ length: 40 }, (_, i) => `work ${i + 10}`);
    const finished = new Set<string>();
    const dying = site.hold(10);
    await site.put(...all.map((text) => newWork(text)));
    await site.until(() => dying.taken.length >= 10);
    site.consume(
      async ({ body }) => {
        finished.add(textOf(body));
        return DONE;
      },
      10,
      site.harness.other,
    );
    await site.harness.crash(dying.consumer);
    await site.until(() => finished.size >= all.length);
    expect([...finished].sort()).toEqual(all);
  });

  it('closes with what is in hand finished, hands out nothing after, and takes nothing more', async () => {
    const site = current();
    const { taken } = site.hold(1);
    await site.put(newWork('in hand'), newWork('later'));
    await site.until(() => taken.length >= 1);
    let closed = false;
    const closing = site.harness.queue.close().then(() => (closed = true));
    await site.quiet();
    expect(closed).toEqual(false);
    taken[0]?.answer(DONE);
    await closing;
    await site.quiet();
    expect(texts(taken)).toEqual(['in hand']);
    const refusal = await site.put(newWork('after the end')).then(
      () => 'was taken',
      (error: { retryable?: unknown }) => error.retryable,
    );
    expect(refusal).toEqual(true);
    await site.harness.queue.close();
  });
}
