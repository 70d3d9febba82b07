import { createServer } from 'node:http';
import { Injectable, Logger, Module, type INestApplication } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { createMemoryStore, type Store } from 'push-core';
import {
  dead,
  OnPush,
  PushConsumer,
  PushHook,
  PushModule,
  PushPayload,
  PushService,
  PushStore,
  PushTransport,
  refuse,
  retry,
  type PushModuleOptions,
} from '../index.js';
import { createTypeOrmStore } from '../typeorm/index.js';
import { PushTesting, PushTestingModule } from './index.js';

interface Chat {
  readonly room: string;
  readonly text: string;
}

@Injectable()
class ChatService {
  readonly delivered: string[] = [];
  readonly orders: unknown[] = [];
  constructor(private readonly push: PushService) {}

  send(users: string[], chat: Chat, options?: object) {
    const notification = { title: chat.room, body: chat.text };
    return this.push.publish({
      to: { users },
      type: 'chat.message',
      thread: chat.room,
      data: chat,
      notification,
      options,
    });
  }

  @OnPush('delivered')
  told({ user, device, to }: { user: string; device: string; to: number }): void {
    this.delivered.push(`${user}/${device} ${to}`);
  }

  @PushHook('publish')
  check(@PushPayload('input') input: { data?: { text?: string } }) {
    return input.data?.text === 'rude' ? refuse('no rude words') : undefined;
  }

  @PushConsumer('orders')
  order(@PushPayload() order: { kind: string }) {
    this.orders.push(order);
    if (order.kind === 'unknown') return dead('no such kind');
    return order.kind === 'busy' && this.orders.length < 3 ? retry() : { got: order.kind };
  }
}
@Module({ providers: [ChatService] })
class ChatModule {}

/** Options as an application in production gives them. */
const PRODUCTION: PushModuleOptions = {
  store: createTypeOrmStore({ url: 'postgres://nobody:x@127.0.0.1:1/none' }),
  rabbitmq: { url: 'amqp://127.0.0.1:1' },
  mqtt: { port: 1883 },
  defaultTenant: 'acme',
  roles: ['api'],
};

const open: { close(): Promise<void> }[] = [];
let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  const note = (text: unknown): void => void warnings.push(String(text));
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(note);
  jest.spyOn(Logger.prototype, 'error').mockImplementation(note);
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  jest.restoreAllMocks();
});

const testing = (imports: any[]): TestingModuleBuilder => Test.createTestingModule({ imports });

async function start(imports: any[]): Promise<{ app: INestApplication; push: PushTesting; chat: ChatService }> {
  const module = await testing(imports).compile();
  const app = module.createNestApplication({ logger: false });
  open.push(app);
  await app.init();
  return { app, push: app.get(PushTesting), chat: app.get(ChatService, { strict: false }) };
}
/** An application with a PushModule of its own. */
function appOf(options: PushModuleOptions = PRODUCTION, providers: any[] = []) {
  class AppModule {}
  Module({ imports: [PushModule.forRoot(options), ChatModule], providers })(AppModule);
  return AppModule;
}
const inFeature = (options?: Partial<PushModuleOptions>) => start([ChatModule, PushTestingModule.forRoot(options)]);
const inApp = (options?: PushModuleOptions) => start([appOf(options), PushTestingModule]);

const failureOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing failed',
    (error: Error) => error.message,
  );
const hi = { room: 'r1', text: 'Hi' };

describe('the module', () => {
  it('runs an application made for production in memory, with no server of any kind', async () => {
    const { push, chat, app } = await inApp();
    const phone = push.device('u1', 'phone');
    await chat.send(['u1'], hi);
    expect(await phone.receives({ type: 'chat.message', data: { text: 'Hi' } })).toMatchObject({ thread: 'r1' });
    expect(phone.tenant).toBe('acme');
    expect(app.getHttpServer().listeners('upgrade')).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('brings a PushModule along for a feature module', async () => {
    const { push, chat } = await inFeature({ defaultTenant: 'acme' });
    await chat.send(['u1'], hi);
    expect(push.published).toEqual([expect.objectContaining({ tenant: 'acme', type: 'chat.message', data: hi })]);
  });

  it('works without HTTP', async () => {
    const module = await testing([ChatModule, PushTestingModule.forRoot()]).compile();
    open.push(module);
    await module.init();
    const phone = module.get(PushTesting).device('u1', 'phone');
    await module.get(ChatService).send(['u1'], hi);
    await phone.receives();
  });

  it('says what to do before the start, after the end, without a PushModule, and with two', async () => {
    const module = await testing([ChatModule, PushTestingModule.forRoot()]).compile();
    expect(() => module.get(PushTesting).device('u1', 'phone')).toThrow('call await app.init() first');
    await module.init();
    const push = module.get(PushTesting);
    await module.close();
    expect(() => push.device('u1', 'phone')).toThrow('is closed');

    const without = await testing([PushTestingModule]).compile();
    open.push(without);
    await without.init();
    expect(() => without.get(PushTesting).device('u1', 'phone')).toThrow('import PushTestingModule.forRoot()');

    const twice = testing([appOf(), PushTestingModule.forRoot()]).compile();
    expect(await failureOf(twice)).toContain('There are two PushModules');
  });

  it('two applications do not see each other', async () => {
    const [a, b] = [await inFeature(), await inFeature()];
    const [there, here] = [a.push.device('u1', 'phone'), b.push.device('u1', 'phone')];
    await a.chat.send(['u1'], hi);
    await there.receives();
    expect(await failureOf(here.receives())).toContain('Nothing has been published');
    expect([a.push.published.length, b.push.published.length]).toEqual([1, 0]);
  });

  it('keeps the host’s decorated methods at work', async () => {
    const { push, chat } = await inApp();
    const phone = push.device('u1', 'phone');
    expect(await failureOf(chat.send(['u1'], { room: 'r1', text: 'rude' }))).toBe('no rude words');
    await chat.send(['u1'], hi);
    await phone.receives();
    await push.settle();
    expect(chat.delivered).toEqual(['u1/phone 1']);
  });

  it('asks nothing the host plugs in to store or to listen', async () => {
    let attached = 0;
    @PushTransport()
    class Tcp {
      attach() {
        attached++;
        return { close: async () => undefined };
      }
    }
    class Elsewhere {
      constructor() {
        Object.assign(this, createMemoryStore(), { open: () => Promise.reject(new Error('must not be opened')) });
      }
    }
    PushStore()(Elsewhere as unknown as new () => Store);
    const { push, chat } = await start([appOf({}, [Tcp, Elsewhere]), PushTestingModule]);
    const phone = push.device('u1', 'phone');
    await chat.send(['u1'], hi);
    await phone.receives();
    expect(attached).toBe(0);
  });
});

describe('time', () => {
  it('passes by the hour, and whoever is connected stays so', async () => {
    const { push } = await inFeature();
    const phone = await push.device('u1', 'phone').connect();
    const begun = push.now();
    await push.advance('1 h');
    expect(push.now() - begun).toBe(3_600_000);
    expect(phone.isOnline).toBe(true);
  });

  it('passes in days, and nobody is lost over it', async () => {
    const { push, chat, app } = await inFeature();
    const phone = await push.device('u1', 'phone').connect();
    await push.advance('2 d');
    expect((await app.get(PushService).presence(['u1']))[0]).toMatchObject({ online: true });
    await chat.send(['u1'], hi, { sendAt: push.now() + 86_400_000 });
    await push.advance('23 h');
    expect(phone.messages).toEqual([]);
    await push.advance('2 h');
    await phone.receives();
  });

  it.each([
    ['250 ms', 250],
    ['90 s', 90_000],
    ['2 min', 120_000],
    [7, 7],
  ] as const)('%s is %d ms', async (duration, ms) => {
    const { push } = await inFeature();
    const begun = push.now();
    await push.advance(duration);
    expect(push.now() - begun).toBe(ms);
  });

  it('refuses what is no duration', async () => {
    const { push } = await inFeature();
    expect(await failureOf(push.advance('soon' as never))).toContain('"soon" is no duration');
    expect(await failureOf(push.advance(NaN))).toContain('is no duration');
  });

  it('does not pass while the host waits for a file', async () => {
    const { push, chat } = await inFeature();
    const phone = await push.device('u1', 'phone').connect();
    const begun = push.now();
    const { readFile } = await import('node:fs/promises');
    void readFile(__filename)
      .then(() => readFile(__filename))
      .then(() => chat.send(['u1'], hi));
    await phone.receives();
    expect(push.now()).toBe(begun);
  });

  it('need not be moved by anybody for the application to close, even where an acknowledgement is awaited', async () => {
    const { app, push, chat } = await inFeature();
    const phone = await push.device('u1', 'phone', { acknowledge: false }).connect();
    await chat.send(['u1'], hi);
    await phone.receives();
    open.length = 0;
    await app.close();
    expect(warnings).toEqual([]);
    expect(phone.isOnline).toBe(false);
  });
});

describe('notifications', () => {
  it('come after the wait when no device has acknowledged, with what a provider would have been sent', async () => {
    const { push, chat } = await inFeature({ offline: { providers: [], http: undefined as never, waitMs: 8000 } });
    push.device('u1', 'phone', { platform: 'ios' });
    push.device('u1', 'tablet', { platform: 'android' });
    const desk = await push.device('u1', 'desk', { acknowledge: false }).connect();
    const begun = push.now();
    const { id } = await chat.send(['u1'], hi);
    await desk.receives();
    await push.notifiesNobody({ withinMs: 7000 });
    const shown = await push.notifies('u1', { title: 'r1', provider: 'apns' });
    expect(shown).toMatchObject({ device: 'phone', messageId: id, body: 'New message', thread: 'r1', data: { id } });
    expect(shown.at - begun).toBeGreaterThanOrEqual(8000);
    await push.notifies('u1', { device: 'tablet', provider: 'fcm' });
    expect(push.notified).toHaveLength(2);
  });

  it('are sent at once to a user without any connection', async () => {
    const { push, chat } = await inFeature();
    push.device('u1', 'phone', { platform: 'web' });
    await chat.send(['u1'], hi);
    expect(await push.notifies('u1', { provider: 'webpush' })).toMatchObject({ device: 'phone' });
  });

  it('fail to come with the story where a device has acknowledged', async () => {
    const { push, chat } = await inFeature();
    const phone = push.device('u1', 'phone', { platform: 'ios' });
    await phone.connect();
    const { id } = await chat.send(['u1'], hi);
    await push.notifiesNobody();
    const failure = await failureOf(push.notifies('u1', { title: 'r1' }));
    expect(failure).toContain("u1 was not notified of { title: 'r1' } within 13000 ms.");
    expect(failure).toContain('Nobody was notified.');
    expect(failure).toContain('delivered phone – Acknowledged by device phone');
    expect(await push.story(id, 'u1')).toContain('delivered phone');
  });

  it('fail where nobody should be notified, and somebody is', async () => {
    const { push, chat } = await inFeature();
    push.device('u1', 'phone', { platform: 'ios' });
    await chat.send(['u1'], hi);
    expect(await failureOf(push.notifiesNobody())).toMatch(/u1 was notified: \{.*title: 'r1'[^]*notified phone apns/);
  });

  it('are taken back when the message is read elsewhere', async () => {
    const { push, chat } = await inFeature();
    push.device('u1', 'phone', { platform: 'ios' });
    const { id } = await chat.send(['u1'], hi);
    await push.notifies('u1');
    const desk = push.device('u1', 'desk');
    await push.advance('1 s');
    await chat.send(['u1'], { room: 'r1', text: 'more' });
    await desk.reads(await desk.receives());
    await push.advance('5 s');
    expect(push.retracted).toEqual(
      expect.arrayContaining([expect.objectContaining({ messageId: id, device: 'phone', reason: 'read' })]),
    );
  });

  it('are answered by providers as they are told to', async () => {
    const { push, chat } = await inFeature();
    push.device('u1', 'phone', { platform: 'ios' });
    push.provider('apns').answers({ kind: 'token_invalid', reason: 'Unregistered' });
    const { id } = await chat.send(['u1'], hi);
    await push.advance('10 s');
    expect(push.notified).toEqual([]);
    expect(await push.story(id, 'u1')).toContain('token_invalid');
    expect(() => push.provider('pigeon')).not.toThrow();
    expect(() => push.provider('pigeon').answers({ kind: 'accepted' })).toThrow('There is no provider pigeon');
  });

  it('ask for the provider of an unknown platform', async () => {
    const { push, chat } = await inFeature();
    expect(() => push.device('u1', 'phone', { platform: 'tizen' })).toThrow('Name one');
    push.device('u2', 'phone', { platform: 'huawei', provider: 'hms' });
    await chat.send(['u2'], hi);
    await push.notifies('u2', { provider: 'hms' });
  });
});

it('works beside fake timers of the test runner, where they leave the event loop alone', async () => {
  const { push, chat } = await inFeature();
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  try {
    const phone = push.device('u1', 'phone');
    await chat.send(['u1'], hi, { sendAt: push.now() + 2000 });
    await phone.receives();
    await push.queue('orders').put({ kind: 'known' });
    expect(chat.orders).toHaveLength(1);
  } finally {
    jest.useRealTimers();
  }
});

describe('queues', () => {
  it('serve @PushConsumer methods, and keep what died', async () => {
    const { push, chat } = await inApp();
    const orders = push.queue('orders');
    await orders.put({ kind: 'known' });
    await orders.put({ kind: 'unknown' });
    await orders.put({ kind: 'busy' });
    expect(chat.orders).toHaveLength(3);
    expect(orders.replies).toEqual([{ got: 'known' }, { error: 'no such kind' }, { got: 'busy' }]);
    expect(orders.dead).toEqual([{ payload: { kind: 'unknown' }, reason: 'no such kind', headers: {} }]);
  });
});

it('listens on no port', async () => {
  const listen = jest.spyOn(createServer().constructor.prototype, 'listen');
  await inApp();
  expect(listen).not.toHaveBeenCalled();
});
