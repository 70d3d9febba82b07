import 'amqp-connection-manager';
import { Module, ValidationPipe, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { dead, PushConsumer, PushContext, PushModule, PushPayload, PushQueues, PUSH_QUEUE } from 'nest-push';
import { createMemoryStore, type Queue } from 'push-core';
import { firstValueFrom } from 'rxjs';
import { describeWith } from '../services/needs.js';
import { PrivateRabbit } from '../services/rabbit.js';
import { started } from '../services/started.js';
import { eventually } from '../support/eventually.js';

const PATIENCE_MS = 60_000;

class OrderDto {
  @IsString()
  id!: string;
}

class Orders {
  readonly taken: string[] = [];

  @PushConsumer('orders')
  take(@PushPayload(new ValidationPipe()) { id }: OrderDto, @PushContext() { attempt }: PushContext) {
    this.taken.push(`${id} ${attempt}`);
    if (id === 'unknown') return dead('there is no such order');
    if (id === 'later' && attempt === 1) throw new Error('not yet');
    return { id, attempt };
  }
}

describeWith(['rabbitmq'], '@PushConsumer on RabbitMQ', () => {
  const broker = started((estate) => PrivateRabbit.start(estate));
  let app: INestApplicationContext;
  let queue: Queue;

  beforeEach(async () => {
    class AppModule {}
    const rabbitmq = { url: broker().url, startup: 'wait' as const };
    Module({ imports: [PushModule.forRoot({ store: createMemoryStore(), rabbitmq })], providers: [Orders] })(AppModule);
    app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    queue = app.get(PUSH_QUEUE);
  }, PATIENCE_MS);
  afterEach(() => app.close(), PATIENCE_MS);

  const taken = () => app.get(Orders).taken;

  it('takes what PushQueues puts, and again what it failed on', async () => {
    await app.get(PushQueues).put('orders', { id: 'o1' });
    await app.get(PushQueues).put('orders', { id: 'later' });
    await eventually(() => taken().includes('later 2'), PATIENCE_MS);
    expect(taken().sort()).toEqual(['later 1', 'later 2', 'o1 1']);
    await eventually(async () => (await queue.depth('orders')).waiting === 0, PATIENCE_MS);
  });

  it('keeps among the dead letters what a pipe refuses and what the handler gives up', async () => {
    const { dead: before } = await queue.depth('orders');
    await app.get(PushQueues).put('orders', { id: 7 });
    await app.get(PushQueues).put('orders', { id: 'unknown' });
    await eventually(async () => (await queue.depth('orders')).dead === before + 2, PATIENCE_MS);
    expect(taken()).toEqual(['unknown 1']);
  });

  it("answers Nest's ClientProxy", async () => {
    const options = { urls: [broker().url], queue: 'push.orders', noAssert: true };
    const client = ClientProxyFactory.create({ transport: Transport.RMQ, options });
    try {
      expect(await firstValueFrom(client.send('orders', { id: 'o2' }))).toEqual({ id: 'o2', attempt: 1 });
      await expect(firstValueFrom(client.send('orders', { id: 'unknown' }))).rejects.toEqual('there is no such order');
    } finally {
      await client.close();
    }
  });
});
