import {
  Controller,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { change, OnPush, PushContext, PushHook, PushPayload, PushTenant, type HookAbout } from '../decorators/index.js';
import type { PushEvent } from '../push-events.js';
import { Calls, fakeSocket, hello, phone, Site } from './site.fixture.js';

let site: Site;
beforeEach(() => {
  site = new Site();
});
afterEach(() => site.close());

describe('@OnPush', () => {
  it('tells a provider, and a controller, what happened, with the messages it is about', async () => {
    const calls = new Calls();
    class Ticks {
      @OnPush('delivered')
      async delivered(event: PushEvent<'delivered'>, context: unknown) {
        const { tenant, user, device, stream, from, to } = event;
        calls.add([{ tenant, user, device, stream, from, to }, await event.messages(), context]);
      }
    }
    class Marks {
      @OnPush('read')
      async read(event: PushEvent<'read'>) {
        calls.add([event.user, event.thread, event.seq, await event.messages()]);
      }
    }
    Controller()(Marks);
    const push = await site.start([Ticks], { controllers: [Marks] });
    const connected = new Promise((resolve) => push.on('connected', resolve));
    push.accept(fakeSocket(), { user: 'ann', issuedAt: Date.now() }, { device: 'phone' });
    await connected;
    await push.publish({ ...hello, thread: 'other' });
    await push.publish(hello);
    await push.acknowledge(phone, '@me', 2);
    expect(await calls.next()).toEqual([
      { tenant: 'default', ...phone, stream: '@me', from: 1, to: 2 },
      [
        expect.objectContaining({ seq: 1, thread: 'other' }),
        expect.objectContaining({ seq: 2, type: 'hello', data: { n: 1 } }),
      ],
      { kind: 'event', name: 'delivered', tenant: 'default', ...phone },
    ]);
    await push.markRead({ user: 'ann' }, { s: '@me', seq: 2, thread: 't' });
    expect(await calls.next()).toEqual(['ann', 't', 2, [expect.objectContaining({ seq: 2, thread: 't' })]]);
  });

  it('may stand there several times, and take its parameters from decorators', async () => {
    const calls = new Calls();
    class Log {
      @OnPush('accepted')
      @OnPush('recalled')
      told(@PushPayload('id') id: string, @PushTenant() tenant: string, @PushContext() context: PushContext) {
        calls.add([id, tenant, context.name]);
      }
    }
    const push = await site.start([Log]);
    const { id } = await push.publish(hello);
    expect(await calls.next()).toEqual([id, 'default', 'accepted']);
    await push.recall(id);
    expect(await calls.next()).toEqual([id, 'default', 'recalled']);
  });

  it('logs what a handler throws, with class and method, and others are told all the same', async () => {
    const calls = new Calls();
    class Broken {
      @OnPush('accepted')
      told() {
        throw new Error('boom');
      }
    }
    class Fine {
      @OnPush('accepted')
      told({ id }: PushEvent<'accepted'>) {
        calls.add(id);
      }
    }
    const push = await site.start([Broken, Fine]);
    const { id } = await push.publish(hello);
    expect(await calls.next()).toBe(id);
    await site.app?.close();
    expect(site.logged.join()).toContain('Broken.told failed on accepted: boom');
  });

  it('has guards, interceptors and filters of the host around it', async () => {
    const calls = new Calls();
    class Twice implements NestInterceptor {
      intercept(context: ExecutionContext, next: CallHandler) {
        calls.add(['interceptor', context.getType()]);
        return next.handle();
      }
    }
    const filter = { catch: async (error: Error) => calls.add(['filter', error.message]) };
    class Log {
      @OnPush('accepted')
      @UseGuards({ canActivate: (context: ExecutionContext) => context.getArgByIndex(0).tenant !== 'hidden' })
      @UseInterceptors(Twice)
      @UseFilters(filter)
      told() {
        throw new Error('boom');
      }
    }
    const push = await site.start([Log]);
    await push.publish({ ...hello, tenant: 'hidden' });
    await push.publish(hello);
    expect(await calls.next()).toEqual(['filter', 'Forbidden resource']);
    expect(await calls.next()).toEqual(['interceptor', 'push']);
    expect(await calls.next()).toEqual(['filter', 'boom']);
    await site.app?.close();
    expect(site.logged).toEqual([]);
  });

  it('tells nothing any more once the application is closed', async () => {
    const seen: unknown[] = [];
    const push = await site.start([]);
    const subscription = push.observe('accepted').subscribe(({ id }) => seen.push(id));
    const { id } = await push.publish(hello);
    expect(seen).toEqual([id]);
    subscription.unsubscribe();
    await push.publish(hello);
    expect(seen).toEqual([id]);
  });

  it('does not compile with a field that the event does not have', () => {
    class Wrong {
      @OnPush('read')
      told(event: PushEvent<'read'>) {
        // @ts-expect-error a read event has no connection
        return event.connection;
      }
      // @ts-expect-error it is told of reads, not of connections
      @OnPush('read')
      other(_event: PushEvent<'connected'>) {
        return undefined;
      }
      // @ts-expect-error a hook of connections changes nothing
      @PushHook('connect')
      changes() {
        return change({ to: { users: ['ann'] }, type: 'x' });
      }
      // @ts-expect-error it is asked about connections, not about publishes
      @PushHook('connect')
      asks(_about: HookAbout<'publish'>) {
        return true;
      }
    }
    expect(Wrong).toBeDefined();
  });
});
