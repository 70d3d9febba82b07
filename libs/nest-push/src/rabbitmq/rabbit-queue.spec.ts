import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isPushError } from 'push-core';
import { BrokerSite, until } from './broker.fixture.js';

const work = (text: string) => ({ body: Buffer.from(text) });
const refusal = async (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'was taken',
    (error: unknown) => (isPushError(error) ? `${error.code} ${error.retryable} ${error.message}` : String(error)),
  );

describe('queues of work', () => {
  let site: BrokerSite;
  let queue: string;
  beforeEach(async () => {
    site = await BrokerSite.open();
    queue = site.work('jobs');
  });
  afterEach(() => site.close());

  it('are durable, replicated, and know when to give up and where to', async () => {
    await site.node().queue.put('jobs', [work('a')]);
    const declaredSo = (name: string, more: object) =>
      site.attempt((amqpChannel) =>
        amqpChannel.assertQueue(name, { durable: true, arguments: { 'x-queue-type': 'quorum', ...more } }),
      );
    const more = {
      'x-delivery-limit': 20,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': `${queue}.dead`,
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    };
    expect([await declaredSo(queue, more), await declaredSo(`${queue}.dead`, {})]).toEqual([
      expect.objectContaining({ queue }),
      expect.objectContaining({ queue: `${queue}.dead` }),
    ]);
  });

  it('have the broker keep what dies of itself', async () => {
    const node = site.node();
    await node.queue.put('jobs', [work('refused')]);
    const taken = await site.amqpChannel.get(queue);
    if (taken) site.amqpChannel.nack(taken, false, false);
    await until(node, async () => (await node.queue.depth('jobs')).dead === 1);
    expect((await site.read(`${queue}.dead`)).map(({ body }) => body.toString())).toEqual(['refused']);
  });

  it('are declared again by whoever puts something into one that is gone', async () => {
    const node = site.node();
    await node.queue.put('jobs', [work('a')]);
    await site.amqpChannel.deleteQueue(queue);
    await node.queue.put('jobs', [work('b'), work('c')]);
    expect((await site.read(queue)).map(({ body }) => body.toString()).sort()).toEqual(['b', 'c']);
  });

  it('take what is put while the connection is away for a moment', async () => {
    const node = site.node({ window: 7 });
    await node.queue.put('jobs', [work('before')]);
    const putting = node.queue.put(
      'jobs',
      Array.from({ length: 100 }, (_, i) => work(`work ${i}`)),
    );
    site.cut(node);
    await putting;
    const kept = new Set((await site.read(queue)).map(({ body }) => body.toString()));
    expect(kept.size).toBe(101);
  });

  it('that exist with other arguments are said to, with the remedy, and asked for at leisure', async () => {
    await site.amqpChannel.assertQueue(queue, { durable: true });
    const node = site.node(
      { confirmTimeoutMs: 2_000 },
      { retryBaseMs: 20, retryCapMs: 200, watchMs: 60_000, random: () => 1 },
    );
    const consumer = node.queue.consume('jobs', { inHand: 1 }, async () => ({ kind: 'done' }));
    await until(node, () => node.status().reason !== 'connecting' && node.status().state === 'blocked');
    expect(node.status().reason).toContain(`Queue "${queue}" exists with other arguments`);
    expect(node.status()).toMatchObject({ consumers: { wanted: 1, actual: 0 } });
    const [connection] = site.connectionsOf(node);
    if (!connection) throw new Error('no connection');
    const opened: number[] = [];
    let borrowed = 0;
    const { createConfirmChannel, createChannel } = connection;
    connection.createChannel = (...args) => (borrowed++, createChannel.apply(connection, args));
    connection.createConfirmChannel = (...args) => {
      opened.push(performance.now());
      return createConfirmChannel.apply(connection, args);
    };
    const said = await Promise.all(Array.from({ length: 50 }, () => refusal(node.queue.put('jobs', [work('a')]))));
    for (let i = 0; i < 20; i++) said.push(await refusal(node.queue.put('jobs', [work('a')])));
    expect(borrowed).toBeLessThan(5);
    for (const one of said) expect(one).toMatch(/^BROKER_UNAVAILABLE true Queue ".+jobs" exists.+delete it/);
    await until(node, () => opened.length >= 6);
    expect((opened[5] ?? 0) - (opened[4] ?? 0)).toBeGreaterThan(195);
    await site.amqpChannel.deleteQueue(queue);
    await until(node, () => node.status().consumers.actual === 1);
    await node.queue.put('jobs', [work('b')]);
    expect([node.status().state, site.connectionsOf(node).length]).toEqual(['up', 1]);
    await consumer.close();
  });

  it('leave others alone when one of them exists with other arguments', async () => {
    await site.amqpChannel.assertQueue(queue, { durable: true });
    const other = site.work('others');
    const node = site.node({ confirmTimeoutMs: 2_000 });
    const [refused, ...taken] = await Promise.all([
      refusal(node.queue.put('jobs', [work('a')])),
      ...Array.from({ length: 20 }, (_, i) => refusal(node.queue.put('others', [work(String(i))]))),
    ]);
    expect([refused.slice(0, 18), new Set(taken)]).toEqual(['BROKER_UNAVAILABLE', new Set(['was taken'])]);
    expect(await site.read(other)).toHaveLength(20);
  });

  it('refuse what AMQP cannot carry, and go on', async () => {
    const { queue: jobs } = site.node();
    const tooMuch = { headers: { long: 'x'.repeat(70_000) } };
    const farAway = { replyTo: 'x'.repeat(300) };
    const routing = { headers: { CC: 'elsewhere' } };
    const body = Buffer.from('a');
    expect(await refusal(jobs.put('jobs', [{ body, ...tooMuch }]))).toMatch(/^INVALID false/);
    expect(await refusal(jobs.put('jobs', [{ body, ...farAway }]))).toMatch(/^INVALID false/);
    expect(await refusal(jobs.put('jobs', [{ body, ...routing }]))).toMatch(/^INVALID false .*CC/);
    expect(await refusal(jobs.put('jobs', [{ body: Buffer.alloc(17 * 1024 * 1024) }]))).toMatch(/^TOO_LARGE false/);
    expect(await refusal(jobs.put('x.dead', [{ body }]))).toMatch(/^INVALID false/);
    await jobs.put('jobs', [{ body }]);
    expect(await site.read(queue)).toHaveLength(1);
  });

  it('say that there is no broker when the deadline is over, and hold nothing back for later', async () => {
    const node = site.node({ url: 'amqp://127.0.0.1:1', confirmTimeoutMs: 100 });
    const putting = refusal(node.queue.put('jobs', [work('a')]));
    expect(await putting).toMatch(/^BROKER_UNAVAILABLE true .*ECONNREFUSED/);
    expect(await refusal(node.queue.depth('jobs'))).toMatch(/^BROKER_UNAVAILABLE true/);
  });

  it('have nobody publish while the broker says it is blocked, and go on after', async () => {
    const node = site.node({ confirmTimeoutMs: 300 });
    await node.queue.put('jobs', [work('before')]);
    const [connection] = site.connectionsOf(node);
    connection?.emit('blocked', 'low on memory');
    expect(node.status()).toMatchObject({ state: 'blocked', reason: 'broker blocked: low on memory' });
    expect(await refusal(node.queue.put('jobs', [work('meanwhile')]))).toMatch(
      /BROKER_UNAVAILABLE true .*low on memory/,
    );
    const later = node.queue.put('jobs', [work('after')]);
    connection?.emit('unblocked');
    await later;
    expect((await site.read(queue)).map(({ body }) => body.toString())).toEqual(['before', 'after']);
  });

  it('count nothing where nothing is', async () => {
    expect(await site.node().queue.depth('never-used')).toEqual({ waiting: 0, dead: 0 });
  });

  it('end with the node, whatever is under way', async () => {
    const node = site.node({}, { finishMs: 200 });
    await node.queue.put('jobs', [work('stuck')]);
    let given: (() => void) | undefined;
    const taken = new Promise<void>((resolve) => (given = resolve));
    node.queue.consume('jobs', { inHand: 1 }, () => {
      given?.();
      return new Promise(() => undefined);
    });
    await taken;
    await node.close();
    const heir = site.node();
    expect(await heir.queue.depth('jobs')).toEqual({ waiting: 1, dead: 0 });
    expect(await refusal(node.queue.put('jobs', [work('late')]))).toMatch(/^BROKER_UNAVAILABLE true/);
  });
});
