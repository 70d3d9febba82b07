import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Plugin } from 'push-core';
import { PushError } from 'push-core';
import { describeWith } from '../services/needs.js';
import { PrivateRabbit } from '../services/rabbit.js';
import { started } from '../services/started.js';
import { ChaosProxy } from '../support/chaos-proxy.js';
import { eventually } from '../support/eventually.js';
import { IngressSite, publishBody } from '../support/ingress-site.js';

const PATIENCE_MS = 60_000;

describeWith(['rabbitmq'], 'publishing over RabbitMQ', () => {
  const broker = started((estate) => PrivateRabbit.start(estate));

  describe('from any AMQP client', () => {
    let site: IngressSite;
    beforeAll(async () => void (site = await IngressSite.start(broker().url)), PATIENCE_MS);
    afterAll(async () => site?.close());

    it('stores a JSON body and answers it with its id', async () => {
      const { body, correlationId } = await site.ask(publishBody('ann', 'hello', { idempotencyKey: 'k1' }));
      expect([body, correlationId]).toEqual([
        { id: expect.any(String), acceptedAt: expect.any(Number), duplicate: false },
        'q1',
      ]);
      expect(await site.stored('ann')).toEqual(['hello']);
      const again = await site.ask(publishBody('ann', 'hello', { idempotencyKey: 'k1' }));
      expect(again.body).toEqual({ ...(body as object), duplicate: true });
      expect(await site.stored('ann')).toEqual(['hello']);
    });

    it('answers over the direct reply-to of RabbitMQ', async () => {
      const answered = new Promise<string>((resolve) => {
        void site.amqpChannel.consume(
          'amq.rabbitmq.reply-to',
          (message) => message && resolve(message.content.toString()),
          { noAck: true },
        );
      });
      site.send(publishBody('bob', 'hello'), { replyTo: 'amq.rabbitmq.reply-to', correlationId: 'q1' });
      expect(JSON.parse(await answered)).toMatchObject({ duplicate: false });
    });

    it('answers a batch item by item', async () => {
      const messages = [
        { to: { users: ['cat'] }, type: 'one', idempotencyKey: 'b1' },
        { to: { users: ['cat'] }, type: 'two', idempotencyKey: 'b2' },
      ];
      const { body } = await site.ask({ tenant: 't1', messages });
      expect(body).toMatchObject({ results: [{ duplicate: false }, { duplicate: false }] });
      expect(await site.stored('cat')).toEqual(['one', 'two']);
    });

    it('keeps the order of one publisher', async () => {
      const types = Array.from({ length: 400 }, (_, i) => `n${i}`);
      for (const type of types) site.send(publishBody('dan', type));
      await eventually(async () => (await site.stored('dan')).length >= types.length, PATIENCE_MS);
      expect(await site.stored('dan')).toEqual(types);
    });

    it('keeps garbage among the dead letters, with the reason, and goes on', async () => {
      site.send('this is no JSON');
      expect(await site.nextDead()).toEqual({
        text: 'this is no JSON',
        reason: 'INVALID: The body is not valid JSON',
      });
      const { body } = await site.ask({ to: { users: ['eve'] }, type: 'x' });
      expect(body).toMatchObject({ status: 400, code: 'INVALID', field: 'tenant', retryable: false });
      expect(await site.nextDead()).toMatchObject({ reason: 'INVALID: "tenant" is missing' });
      expect((await site.ask(publishBody('eve', 'fine'))).body).toMatchObject({ duplicate: false });
    });

    it('keeps a used key with another body among the dead letters', async () => {
      await site.ask(publishBody('fay', 'one', { idempotencyKey: 'k-fay' }));
      const { body } = await site.ask(publishBody('fay', 'two', { idempotencyKey: 'k-fay' }));
      expect(body).toMatchObject({ status: 409, code: 'IDEMPOTENCY_CONFLICT' });
      expect(await site.nextDead()).toMatchObject({ reason: expect.stringMatching(/^IDEMPOTENCY_CONFLICT: /) });
    });

    it('has acknowledged everything in the end', async () => {
      const site2 = await IngressSite.start(broker().url);
      for (let i = 0; i < 50; i++) site2.send(publishBody('gus', `n${i}`));
      await eventually(async () => (await site2.stored('gus')).length >= 50, PATIENCE_MS);
      await site2.push.drain();
      const { amqpChannel, queue } = site2;
      await eventually(async () => (await amqpChannel.checkQueue(queue)).messageCount === 0, PATIENCE_MS);
      await site2.close();
    }, 120_000);
  });

  describe('while things go wrong', () => {
    const leaving: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const leave of leaving.splice(0).reverse()) await leave();
    }, PATIENCE_MS);

    it('counts once what was stored when the connection died before the acknowledgement', async () => {
      const proxy = await ChaosProxy.open(broker().port);
      leaving.push(() => proxy.kill());
      let release = (): void => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      let asked = 0;
      const hold: Plugin = {
        name: 'hold',
        hooks: {
          publish: async () => {
            asked++;
            await gate;
            return { allow: true };
          },
        },
      };
      const through = broker().url.replace(String(broker().port), String(proxy.port));
      const site = await IngressSite.start(broker().url, { plugins: [hold] }, through);
      leaving.push(() => site.close());
      site.send(publishBody('ann', 'by-key', { idempotencyKey: 'k1' }));
      site.send(publishBody('ann', 'by-name'), { messageId: 'm-0001' });
      await eventually(() => asked === 2, PATIENCE_MS);
      await proxy.kill();
      release();
      await eventually(async () => (await site.stored('ann')).length === 2, PATIENCE_MS);
      await proxy.listen();
      await eventually(() => asked >= 4, PATIENCE_MS);
      expect(await site.stored('ann')).toEqual(['by-key', 'by-name']);
      await eventually(async () => (await site.amqpChannel.checkQueue(site.queue)).messageCount === 0, PATIENCE_MS);
      expect(asked).toBe(4);
    }, 240_000);

    it('makes no dead letter of what the store cannot take now', async () => {
      let down = true;
      let tried = 0;
      const store: Plugin = {
        name: 'store',
        hooks: {
          publish: async () => {
            tried++;
            if (down) throw new PushError('STORE_UNAVAILABLE', 'The store did not answer');
            return { allow: true };
          },
        },
      };
      const site = await IngressSite.start(broker().url, { plugins: [store] });
      leaving.push(() => site.close());
      const types = ['one', 'two', 'three'];
      for (const type of types) site.send(publishBody('ann', type));
      await eventually(() => tried >= 9, PATIENCE_MS);
      down = false;
      await eventually(async () => (await site.stored('ann')).length === 3, PATIENCE_MS);
      expect(await site.stored('ann')).toEqual(types);
      expect((await site.amqpChannel.checkQueue(site.dead)).messageCount).toBe(0);
    }, 240_000);
  });
});
