import { AGAIN, bytesOf, DONE, newWork, texts, type QueueCase } from './queue-case.js';
import type { SuiteRunner } from './suite-runner.js';

const DELIVERY_LIMIT = 20;

/** What an outcome does, and whom an answer reaches. */
export function outcomeConformance({ it, expect }: SuiteRunner, current: () => QueueCase): void {
  it('hands out again what was not finished, and counts the attempts', async () => {
    const site = current();
    const { taken } = site.hold();
    await site.put(newWork('hard'));
    await site.until(() => taken.length >= 1);
    taken[0]?.answer(AGAIN);
    await site.until(() => taken.length >= 2);
    taken[1]?.answer(AGAIN);
    await site.until(() => taken.length >= 3);
    taken[2]?.answer(DONE);
    await site.quiet();
    expect(taken.map(({ text, work }) => [text, work.attempts])).toEqual([
      ['hard', 1],
      ['hard', 2],
      ['hard', 3],
    ]);
    expect(await site.dead()).toEqual([]);
  });

  it('hands out again what a handler failed on', async () => {
    const site = current();
    const { taken } = site.hold();
    await site.put(newWork('fragile'));
    await site.until(() => taken.length >= 1);
    taken[0]?.fail();
    await site.until(() => taken.length >= 2);
    expect(taken.map(({ text, work }) => [text, work.attempts])).toEqual([
      ['fragile', 1],
      ['fragile', 2],
    ]);
  });

  it('keeps what is dead, with its headers and the reason', async () => {
    const site = current();
    const { taken } = site.hold();
    await site.put(newWork('bad', { headers: { 'message-id': 'm-1' } }), newWork('good'));
    await site.until(() => taken.length >= 2);
    const reason = 'INVALID: "type" is missing – ü👍';
    taken[0]?.answer({ kind: 'dead', reason });
    taken[1]?.answer(DONE);
    await site.until(async () => (await site.dead()).length >= 1);
    await site.quiet();
    expect(await site.dead()).toEqual([['bad', reason]]);
    const [letter] = await site.harness.deadLetters(site.harness.name);
    expect(letter?.headers['message-id']).toEqual('m-1');
    await site.until(async () => (await site.harness.queue.depth(site.harness.name)).dead === 1);
    expect(await site.harness.queue.depth(site.harness.name)).toEqual({ waiting: 0, dead: 1 });
    expect(texts(taken)).toEqual(['bad', 'good']);
  });

  it(`gives up on what was handed out ${DELIVERY_LIMIT} times without an end`, async () => {
    const site = current();
    const attempts: number[] = [];
    site.consume(async ({ attempts: count }) => {
      attempts.push(count);
      return AGAIN;
    });
    await site.put(newWork('hopeless'));
    await site.until(async () => (await site.dead()).length >= 1);
    await site.quiet();
    expect(await site.dead()).toEqual([['hopeless', 'delivery-limit']]);
    expect(attempts).toEqual(Array.from({ length: DELIVERY_LIMIT }, (_, i) => i + 1));
  });

  it('brings answers to who asked, each with the id of its question', async () => {
    const site = current();
    const replies = await site.harness.listen();
    site.consume(async ({ correlationId }) =>
      correlationId === 'q-2'
        ? { kind: 'dead', reason: 'INVALID', reply: bytesOf('refused') }
        : { kind: 'done', reply: bytesOf(`answer to ${correlationId}`) },
    );
    await site.put(
      newWork('a', { replyTo: replies.address, correlationId: 'q-1' }),
      newWork('b', { replyTo: replies.address, correlationId: 'q-2' }),
    );
    await site.until(() => replies.received.length >= 2);
    const received = replies.received.map(({ body, correlationId }) => [correlationId, new TextDecoder().decode(body)]);
    expect(received.sort()).toEqual([
      ['q-1', 'answer to q-1'],
      ['q-2', 'refused'],
    ]);
    await site.until(async () => (await site.dead()).length >= 1);
    expect(await site.dead()).toEqual([['b', 'INVALID']]);
  });

  it('sends no answer where none is wanted or none is given, and does not mind one nobody waits for', async () => {
    const site = current();
    const replies = await site.harness.listen();
    let handled = 0;
    site.consume(async ({ headers }) => {
      handled++;
      return headers.silent === 'yes' ? DONE : { kind: 'done', reply: bytesOf(`answer ${handled}`) };
    }, 1);
    await site.put(
      newWork('asks nothing'),
      newWork('gets nothing', { replyTo: replies.address, correlationId: 'q-1', headers: { silent: 'yes' } }),
      newWork('went away', { replyTo: `${site.harness.name}-nobody`, correlationId: 'q-2' }),
      newWork('waits', { replyTo: replies.address, correlationId: 'q-3' }),
    );
    await site.until(() => replies.received.length >= 1);
    await site.quiet();
    expect([handled, replies.received.map(({ correlationId }) => correlationId)]).toEqual([4, ['q-3']]);
    expect(await site.dead()).toEqual([]);
  });
}
