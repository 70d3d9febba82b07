import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Consumer, Work, WorkOutcome } from 'push-core';
import { BrokerSite, until } from './broker.fixture.js';
import type { AssembledRabbit } from './assembled-rabbit.js';
import type { RabbitConsumer } from './rabbit-consumer.js';
import type { Tuning } from './tuning.js';

const DONE: WorkOutcome = { kind: 'done' };
const textOf = ({ body }: Pick<Work, 'body'>): string => Buffer.from(body).toString();
const work = (text: string) => ({ body: Buffer.from(text) });

/** Work in hand that the test answers. */
class Desk {
  readonly taken: { text: string; attempts: number; answer: (outcome: WorkOutcome) => void }[] = [];
  readonly handle = (one: Work): Promise<WorkOutcome> =>
    new Promise((answer) => this.taken.push({ text: textOf(one), attempts: one.attempts, answer }));
  get attempts(): [string, number][] {
    return this.taken.map(({ text, attempts }) => [text, attempts]);
  }
}

describe('a consumer of work', () => {
  let site: BrokerSite;
  let node: AssembledRabbit;
  let queue: string;
  beforeEach(async () => {
    site = await BrokerSite.open();
    queue = site.work('jobs');
    node = site.node();
  });
  afterEach(() => site.close());

  const consuming = async (inHand = 10, tuning?: Partial<Tuning>) => {
    if (tuning) node = site.node({}, tuning);
    const desk = new Desk();
    const consumer = node.queue.consume('jobs', { inHand }, desk.handle) as Consumer & RabbitConsumer;
    await until(node, () => consumer.isRegistered());
    return { desk, consumer };
  };
  const consumerCount = async (): Promise<number> =>
    (await site.attempt((amqpChannel) => amqpChannel.checkQueue(queue)))?.consumerCount ?? 0;
  /** Everything waits and is handed out as if nothing had been. */
  const expectWorking = async (desk: Desk, text: string): Promise<void> => {
    await node.queue.put('jobs', [work(text)]);
    await until(node, () => desk.taken.some((one) => one.text === text));
    desk.taken.find((one) => one.text === text)?.answer(DONE);
    expect(await consumerCount()).toBe(1);
    expect(node.status()).toMatchObject({ state: 'up', consumers: { wanted: 1, actual: 1 } });
  };

  it('is there again after the connection was cut, and what was in hand is handed out again', async () => {
    const { desk } = await consuming();
    await node.queue.put('jobs', [work('a')]);
    await until(node, () => desk.taken.length === 1);
    site.cut(node);
    await until(node, () => desk.taken.length === 2);
    expect(desk.attempts).toEqual([
      ['a', 1],
      ['a', 2],
    ]);
    // Too late: another amqpChannel, on which its tag means nothing or somebody else's work.
    desk.taken[0]?.answer(DONE);
    desk.taken[1]?.answer(DONE);
    await expectWorking(desk, 'b');
    expect([site.connectionsOf(node).length, await node.queue.depth('jobs')]).toEqual([2, { waiting: 0, dead: 0 }]);
  });

  it('is there again after somebody deleted the queue, which is declared again', async () => {
    // The broker says that it has cancelled the consumer: nobody needs to look.
    const { desk, consumer } = await consuming(10, { watchMs: 60_000 });
    await site.amqpChannel.deleteQueue(queue);
    await until(node, () => !consumer.isRegistered());
    await until(node, () => consumer.isRegistered());
    await expectWorking(desk, 'after');
    expect(site.connectionsOf(node).length).toBe(1);
  });

  it('is there again after the broker closed its amqpChannel, and only that', async () => {
    const { desk, consumer } = await consuming();
    const opening = consumer.lane.opening;
    const [connection] = site.connectionsOf(node);
    // An acknowledgement of what was never delivered: 406.
    opening?.amqpChannel.ack({ fields: { deliveryTag: 4_711 } } as Parameters<typeof opening.amqpChannel.ack>[0]);
    await until(node, () => consumer.isRegistered() && consumer.lane.opening !== opening);
    await expectWorking(desk, 'after');
    expect(site.connectionsOf(node)).toEqual([connection]);
  });

  it('is there again when the broker has lost it without a word', async () => {
    const { desk, consumer } = await consuming();
    const opening = consumer.lane.opening;
    await opening?.amqpChannel.cancel(tagOf(consumer));
    expect([await consumerCount(), consumer.isRegistered()]).toEqual([0, true]);
    await until(node, () => consumer.isRegistered() && consumer.lane.opening !== opening);
    await expectWorking(desk, 'after');
  });

  it('is there again when it was lost without a word, and others consume the same queue', async () => {
    const { desk, consumer } = await consuming(10, { stalledMs: 200 });
    const opening = consumer.lane.opening;
    const busy = new Desk();
    const other = site.node();
    other.queue.consume('jobs', { inHand: 1 }, busy.handle);
    await until(other, () => other.status().consumers.actual === 1);
    await opening?.amqpChannel.cancel(tagOf(consumer));
    expect(await consumerCount()).toBe(1);
    await node.queue.put('jobs', [work('for the other'), work('left waiting')]);
    await until(node, () => desk.taken.length === 1);
    expect([desk.attempts, busy.attempts]).toEqual([[['left waiting', 1]], [['for the other', 1]]]);
    for (const one of [...desk.taken, ...busy.taken]) one.answer(DONE);
  });

  it('has no more in hand than it may, also when the broker hands out again what it still has', async () => {
    const { desk } = await consuming(2);
    await node.queue.put('jobs', [work('a'), work('b'), work('c')]);
    await until(node, () => desk.taken.length === 2);
    site.cut(node);
    await until(node, () => !node.session.isUp);
    await until(node, () => node.status().consumers.actual === 1);
    await node.queue.depth('jobs');
    expect(desk.taken.length).toBe(2);
    for (const one of desk.taken.slice()) one.answer(DONE);
    await until(node, () => desk.taken.length === 4);
    for (const one of desk.taken.slice(2)) one.answer(DONE);
    await until(node, () => desk.taken.length === 5);
    expect(desk.taken.slice(2).map(({ text }) => text)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
    desk.taken[4]?.answer(DONE);
  });

  it('is handed nothing once it closes, though it closes while it connects', async () => {
    await node.queue.put('jobs', [work('a')]);
    const { desk } = await consuming(1);
    await until(node, () => desk.taken.length === 1);
    const hasty = new Desk();
    const consumer = node.queue.consume('jobs', { inHand: 5 }, hasty.handle);
    const closed = consumer.close();
    await node.queue.put('jobs', [work('b')]);
    await closed;
    desk.taken[0]?.answer(DONE);
    await until(node, () => desk.taken.length === 2);
    expect([hasty.taken, desk.attempts]).toEqual([
      [],
      [
        ['a', 1],
        ['b', 1],
      ],
    ]);
    desk.taken[1]?.answer(DONE);
  });

  it('waits before work that failed is handed out again, longer each time, but not when it closes', async () => {
    const { desk, consumer } = await consuming(1, { againBaseMs: 60_000, againCapMs: 60_000, random: () => 1 });
    await node.queue.put('jobs', [work('a'), work('b')]);
    await until(node, () => desk.taken.length === 1);
    desk.taken[0]?.answer({ kind: 'again' });
    await node.queue.depth('jobs');
    expect(desk.taken.length).toBe(1);
    await consumer.close();
    await until(node, async () => (await node.queue.depth('jobs')).waiting === 2);
    expect(desk.attempts).toEqual([['a', 1]]);
  });

  it('keeps what is dead with all it came with, and leaves out what would send it elsewhere', async () => {
    const { desk } = await consuming();
    const options = {
      ...{ contentType: 'application/json', messageId: 'm-1', type: 'publish', replyTo: 'nobody', correlationId: 'c' },
      headers: { tenant: 't', tries: 3, nested: { a: [1, 'ü'] }, CC: [queue] },
    };
    site.amqpChannel.sendToQueue(queue, Buffer.from('bad'), options);
    await until(node, () => desk.taken.length === 1);
    desk.taken[0]?.answer({ kind: 'dead', reason: `INVALID ${'x'.repeat(5_000)}` });
    await until(node, async () => (await node.queue.depth('jobs')).dead === 1);
    const letter = await site.amqpChannel.get(`${queue}.dead`, { noAck: true });
    if (!letter) throw new Error('no dead letter');
    expect(letter.properties).toMatchObject({ contentType: 'application/json', messageId: 'm-1', type: 'publish' });
    expect(letter.properties.headers).toMatchObject({ tenant: 't', tries: 3, nested: { a: [1, 'ü'] } });
    expect(Object.keys(letter.properties.headers ?? {})).not.toContain('CC');
    expect(String(letter.properties.headers?.['x-reason'])).toHaveLength(1_000);
    await expectWorking(desk, 'after');
    expect(desk.taken.length).toBe(2);
  });

  it('buries also what has more headers than can be sent again, with the reason alone', async () => {
    const { desk } = await consuming();
    const headers = { long: 'x'.repeat(65_400) };
    site.amqpChannel.sendToQueue(queue, Buffer.from('bad'), { headers });
    await until(node, () => desk.taken.length === 1);
    desk.taken[0]?.answer({ kind: 'dead', reason: 'r'.repeat(900) });
    await until(node, async () => (await node.queue.depth('jobs')).dead === 1);
    const [letter] = await site.read(`${queue}.dead`);
    expect([letter?.body.toString(), letter?.headers['x-reason']]).toEqual(['bad', 'r'.repeat(900)]);
    expect(letter?.headers).not.toHaveProperty('long');
  });

  it('does not let go of what is dead before the letter is kept', async () => {
    const { desk } = await consuming();
    await node.queue.put('jobs', [work('bad')]);
    await until(node, () => desk.taken.length === 1);
    await site.amqpChannel.deleteQueue(`${queue}.dead`);
    desk.taken[0]?.answer({ kind: 'dead', reason: 'INVALID' });
    await until(node, async () => (await node.queue.depth('jobs')).dead === 1);
    expect((await site.read(`${queue}.dead`)).map(({ body }) => body.toString())).toEqual(['bad']);
  });

  it('does its work though nobody waits at the address for the answer', async () => {
    const { desk } = await consuming();
    for (const replyTo of ['nobody', 'amq.made.up', 'ü'.repeat(120)]) {
      site.amqpChannel.sendToQueue(queue, Buffer.from(replyTo), { replyTo, correlationId: 'c' });
    }
    await until(node, () => desk.taken.length === 3);
    for (const one of desk.taken) one.answer({ kind: 'done', reply: Buffer.from('answer') });
    await expectWorking(desk, 'after');
    expect(desk.taken.length).toBe(4);
  });

  it('loses the connection once, not with every try, to an address that crashes the broker', async () => {
    const handled: string[] = [];
    const consumer = node.queue.consume('jobs', { inHand: 1 }, async (one) => {
      handled.push(textOf(one));
      return { kind: 'done', reply: Buffer.from('answer') };
    });
    await until(node, () => node.status().consumers.actual === 1);
    const made = (text: string): void =>
      void site.amqpChannel.sendToQueue(queue, Buffer.from(text), { replyTo: 'amq.rabbitmq.reply-to.made.up' });
    ['a', 'b', 'c'].forEach(made);
    await node.queue.put('jobs', [work('last')]);
    await until(node, () => new Set(handled).size === 4 && node.status().consumers.actual === 1);
    await until(node, async () => (await node.queue.depth('jobs')).waiting === 0);
    await consumer.close();
    expect(await node.queue.depth('jobs')).toEqual({ waiting: 0, dead: 0 });
    expect(site.connectionsOf(node).length).toBe(2);
  });

  it('understands headers of other programs, those that are values', async () => {
    const seen: Work[] = [];
    node.queue.consume('jobs', { inHand: 1 }, async (one) => {
      seen.push(one);
      return DONE;
    });
    await node.queue.put('jobs', []);
    await until(node, () => node.status().consumers.actual === 1);
    const headers = { text: 'ü', number: 3, yes: true, nothing: null, list: [1], 'x-death': [{ count: 1 }] };
    site.amqpChannel.sendToQueue(queue, Buffer.from('x'), { headers });
    await until(node, () => seen.length === 1);
    expect(seen[0]?.headers).toEqual({ text: 'ü', number: '3', yes: 'true' });
  });
});

/** What the consumer believes in. */
function tagOf(consumer: RabbitConsumer): string {
  return (consumer as unknown as { consumerTag: string }).consumerTag;
}
