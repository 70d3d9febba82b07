import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { queueConformance } from 'push-core/testing';
import { BrokerSite } from './broker.fixture.js';

/** So many questions to the broker take longer than any of its deliveries. */
const ROUND_TRIPS = 5;

queueConformance({ describe, it, beforeEach, afterEach, expect }, async () => {
  const site = await BrokerSite.open();
  const [here, there] = [site.node(), site.node()];
  const name = 'jobs';
  const work = site.work(name);
  site.work(`${name}-2`);
  return {
    queue: here.queue,
    other: there.queue,
    name,
    crash: async (consumer) => {
      await Promise.all([here.queue.abandon(consumer), there.queue.abandon(consumer)]);
    },
    deadLetters: async () => {
      const letters = await site.read(`${work}.dead`);
      return letters.map(({ body, headers }) => ({
        body,
        headers: headers as Record<string, string>,
        reason: String(headers['x-reason']),
      }));
    },
    listen: async () => {
      const { queue: address } = await site.amqpChannel.assertQueue('', { exclusive: true });
      const received: { body: Uint8Array; correlationId?: string }[] = [];
      const take = (message: { content: Buffer; properties: { correlationId?: string } } | null): void => {
        if (message) received.push({ body: message.content, correlationId: message.properties.correlationId });
      };
      await site.amqpChannel.consume(address, take, { noAck: true });
      return { address, received };
    },
    flush: async () => {
      for (let round = 0; round < ROUND_TRIPS; round++) await site.attempt((channel) => channel.checkQueue(work));
    },
    destroy: () => site.close(),
  };
});
