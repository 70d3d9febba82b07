import { Module, ParseIntPipe, ValidationPipe } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { IsString } from 'class-validator';
import { createMemoryStore } from 'push-core';
import { dead, done, PushConsumer, PushContext, PushPayload, retry } from '../decorators/index.js';
import { PushModule } from '../push.module.js';
import { PushQueues } from '../push-queues.js';
import { Calls, Site } from './site.fixture.js';

let site: Site;
beforeEach(() => {
  site = new Site();
});
afterEach(() => site.close());

class OrderDto {
  @IsString()
  id!: string;
}

describe('@PushConsumer', () => {
  const put = (payload: unknown, replyTo?: string) =>
    site.queue.put('orders', [{ body: Buffer.from(JSON.stringify(payload)), replyTo, correlationId: 'c1' }]);
  const reply = (name: string) =>
    new Promise<unknown>((resolve) =>
      site.queue.onReply(name, ({ body }) => resolve(JSON.parse(Buffer.from(body).toString()))),
    );

  it('takes work, with pipes, guards and a reply', async () => {
    class Orders {
      @PushConsumer('orders')
      take(@PushPayload(new ValidationPipe({ whitelist: true })) dto: OrderDto, @PushContext() context: PushContext) {
        return done({ got: dto, attempt: context.attempt, queue: context.name });
      }
    }
    await site.start([Orders]);
    const answered = reply('answers');
    await put({ id: 'o1', extra: true }, 'answers');
    expect(await answered).toEqual({ got: { id: 'o1' }, attempt: 1, queue: 'orders' });
    const inEnvelope = reply('nest');
    await put({ pattern: 'orders', data: { id: 'o2' }, id: 7 }, 'nest');
    expect(await inEnvelope).toMatchObject({ id: 7, isDisposed: true, response: { got: { id: 'o2' } } });
  });

  it('buries what a pipe refuses, what it says is dead, and what is no JSON, with the reason', async () => {
    class Orders {
      @PushConsumer('orders')
      take(@PushPayload(new ValidationPipe()) dto: OrderDto) {
        return dead(`no order ${dto.id}`);
      }
    }
    await site.start([Orders]);
    await put({ id: 5 });
    await put({ id: 'o1' });
    await site.queue.put('orders', [{ body: Buffer.from('{') }]);
    await site.app?.close();
    const reasons = site.queue.deadLetters('orders').map(({ reason }) => reason);
    expect(reasons.sort()).toEqual(['The body is not valid JSON', 'id must be a string', 'no order o1']);
  });

  it('is handed again what it asks for again, and what it failed on', async () => {
    const calls = new Calls();
    class Orders {
      @PushConsumer('orders', { inHand: 1 })
      take(@PushPayload('n', ParseIntPipe) n: number, @PushContext() { attempt }: PushContext) {
        calls.add([n, attempt]);
        if (attempt === 1) return retry();
        if (attempt === 2) throw new Error('not yet');
        return undefined;
      }
    }
    await site.start([Orders]);
    await put({ n: '7' });
    expect([await calls.next(), await calls.next(), await calls.next()]).toEqual([
      [7, 1],
      [7, 2],
      [7, 3],
    ]);
    await site.app?.close();
    expect(await site.queue.depth('orders')).toEqual({ waiting: 0, dead: 0 });
    expect(site.logged.join()).toContain('Orders.take failed on work of orders: not yet');
  });

  it('judges a failure by what failed, though a filter made for HTTP stands around it', async () => {
    class Orders {
      @PushConsumer('orders')
      take(@PushPayload(new ValidationPipe()) _dto: OrderDto) {
        return undefined;
      }
    }
    const forHttp = { catch: (_e: unknown, host: any) => host.switchToHttp().getResponse().status(400).json({}) };
    await site.start([Orders, { provide: APP_FILTER, useValue: forHttp }]);
    await put({});
    await site.app?.close();
    expect(site.queue.deadLetters('orders')).toHaveLength(1);
  });

  it('is fed by PushQueues', async () => {
    const calls = new Calls();
    class Orders {
      @PushConsumer('orders')
      take(payload: unknown, context: PushContext) {
        calls.add([payload, context.tenant]);
      }
    }
    await site.start([Orders]);
    await site.app?.get(PushQueues).put('orders', { id: 1 }, { 'x-tenant': 't1' });
    expect(await calls.next()).toEqual([{ id: 1 }, 't1']);
  });

  it('takes nothing in a process whose roles leave out "worker"', async () => {
    class Orders {
      @PushConsumer('orders')
      take() {
        return undefined;
      }
    }
    await site.start([Orders], { roles: ['api', 'gateway'] });
    await put({ id: 1 });
    await site.app?.close();
    expect(await site.queue.depth('orders')).toEqual({ waiting: 1, dead: 0 });
  });

  it('refuses to start without RabbitMQ, naming class and method', async () => {
    class Orders {
      @PushConsumer('orders')
      take() {
        return undefined;
      }
    }
    class AppModule {}
    Module({ imports: [PushModule.forRoot({ store: createMemoryStore() })], providers: [Orders] })(AppModule);
    const testing = await Test.createTestingModule({ imports: [AppModule] })
      .setLogger(site.logger)
      .compile();
    const failing = testing.createNestApplication();
    await expect(failing.init()).rejects.toThrow(/Orders\.take has @PushConsumer\('orders'\).*rabbitmq/);
    await failing.close();
  });
});
