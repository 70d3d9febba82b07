import 'amqp-connection-manager';
import { ClientProxyFactory, RmqRecordBuilder, Transport, type ClientProxy } from '@nestjs/microservices';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { describeWith } from '../services/needs.js';
import { PrivateRabbit } from '../services/rabbit.js';
import { started } from '../services/started.js';
import { eventually } from '../support/eventually.js';
import { IngressSite, publishBody } from '../support/ingress-site.js';

const PATIENCE_MS = 60_000;

describeWith(['rabbitmq'], "publishing with Nest's ClientProxy", () => {
  const broker = started((estate) => PrivateRabbit.start(estate));

  // Within the block of the broker: what is opened here is closed before the broker goes.
  describe('on the queue of the server', () => {
    let site: IngressSite;
    let client: ClientProxy;
    const clients: ClientProxy[] = [];

    const connected = async (more: object): Promise<ClientProxy> => {
      const options = { urls: [broker().url], queue: site.queue, ...more };
      const made = ClientProxyFactory.create({ transport: Transport.RMQ, options });
      clients.push(made);
      await made.connect();
      return made;
    };
    beforeAll(async () => {
      site = await IngressSite.start(broker().url);
      client = await connected({ noAssert: true });
    }, PATIENCE_MS);
    afterAll(async () => {
      for (const made of clients) await made.close();
      await site?.close();
    });

    it('answers what is sent with its id', async () => {
      const answer = await firstValueFrom(client.send<unknown>('push.publish', publishBody('ann', 'sent')));
      expect(answer).toEqual({ id: expect.any(String), acceptedAt: expect.any(Number), duplicate: false });
      expect(await site.stored('ann')).toEqual(['sent']);
    });

    it('answers many at once, each its own', async () => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          firstValueFrom(client.send<{ id: string }>('push.publish', publishBody('bob', `n${i}`))),
        ),
      );
      expect(new Set(answers.map(({ id }) => id)).size).toBe(50);
      expect(await site.stored('bob')).toEqual(Array.from({ length: 50 }, (_, i) => `n${i}`));
    });

    it('stores what is emitted', async () => {
      await firstValueFrom(client.emit('push.publish', publishBody('cat', 'emitted')), { defaultValue: undefined });
      await eventually(async () => (await site.stored('cat')).length === 1, PATIENCE_MS);
      expect(await site.stored('cat')).toEqual(['emitted']);
    });

    it('knows the pattern also as a command', async () => {
      const answer = firstValueFrom(client.send<unknown>({ cmd: 'push.publish' }, publishBody('dan', 'sent')));
      expect(await answer).toMatchObject({ duplicate: false });
    });

    it('counts once what is emitted twice under one message id', async () => {
      const record = new RmqRecordBuilder(publishBody('eve', 'named')).setOptions({ messageId: 'm-1' }).build();
      client.emit('push.publish', record);
      client.emit('push.publish', record);
      await firstValueFrom(client.send<unknown>('push.publish', publishBody('eve', 'last')));
      expect(await site.stored('eve')).toEqual(['named', 'last']);
    });

    it('fails with the problem document, and keeps the letter', async () => {
      const failed = firstValueFrom(client.send<unknown>('push.publish', { tenant: 't1', to: { users: ['ann'] } }));
      await expect(failed).rejects.toMatchObject({ code: 'INVALID', field: 'type', status: 400, retryable: false });
      expect(await site.nextDead()).toMatchObject({ reason: 'INVALID: "type" is missing' });
      const other = firstValueFrom(client.send<unknown>('push.delete', publishBody('ann', 'x')));
      await expect(other).rejects.toMatchObject({ code: 'INVALID', field: 'pattern' });
      expect(await site.nextDead()).toMatchObject({ reason: 'INVALID: "pattern" must be "push.publish"' });
    });

    it('may declare the queue itself, with the same arguments', async () => {
      const queueOptions = {
        durable: true,
        arguments: {
          'x-queue-type': 'quorum',
          'x-delivery-limit': 20,
          'x-overflow': 'reject-publish',
          'x-dead-letter-exchange': '',
          'x-dead-letter-routing-key': site.dead,
          'x-dead-letter-strategy': 'at-least-once',
        },
      };
      const declaring = await connected({ queueOptions });
      const answer = await firstValueFrom(declaring.send<unknown>('push.publish', publishBody('fay', 'sent')));
      expect(answer).toMatchObject({ duplicate: false });
    });
  });
});
