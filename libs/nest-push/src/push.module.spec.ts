import { Inject, Injectable, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { Clock } from 'push-core';
import type { Host as HostParts } from './explorer/host.js';
import { PushModule } from './push.module.js';
import { PushService } from './push.service.js';
import { PushRegistrar } from './registrar.js';
import { FakePush } from './fixtures/fake-push.fixture.js';
import { PUSH, PUSH_MODULE_OPTIONS } from './tokens.js';

jest.mock('push-core/websocket', () => ({
  attachWebSocket: (_server: unknown, push: { calls: string[] }, options: object) => {
    push.calls.push(`attach ${JSON.stringify(options)}`);
    return { close: async () => void push.calls.push('detach') };
  },
}));
let mqttFailure: Error | undefined;
jest.mock('push-core/mqtt', () => ({
  attachMqtt: async (push: { calls: string[] }, options: object) => {
    if (mqttFailure) throw mqttFailure;
    push.calls.push(`mqtt ${JSON.stringify(options)}`);
    return { port: 1883, close: async () => void push.calls.push('mqtt closed') };
  },
}));
jest.mock('push-core', () => ({
  ...jest.requireActual<object>('push-core'),
  createPush: (options: { store: unknown }) => options.store,
}));

/** A host that decorated nothing. */
const nobody = { finish: () => Promise.resolve(), end: () => undefined } as unknown as HostParts;

/** The mocked `createPush` answers what stands where the store does. */
const withEngine = (push: FakePush) => ({ store: push as never });

@Injectable()
class Host {
  constructor(@Inject(PushService) readonly push: PushService) {}
}
@Module({ providers: [Host], exports: [Host] })
class HostModule {}

function rootOf(...imports: (DynamicModule | typeof HostModule)[]): DynamicModule {
  class Root {}
  return { module: Root, imports };
}
const publish = { to: { users: ['u1'] }, type: 'x' };

it('works in an application context without any server', async () => {
  const push = new FakePush();
  const app = await NestFactory.createApplicationContext(rootOf(PushModule.forRoot(withEngine(push)), HostModule), {
    logger: false,
  });
  await app.get(Host).push.publish(publish);
  expect(push.calls).toEqual(['start', 'publish default -']);
  await app.close();
  expect(push.calls.slice(2)).toEqual(['drain', 'close']);
});

it('attaches the WebSocket after the start and detaches it between drain and close', async () => {
  const push = new FakePush();
  const app = await NestFactory.create(
    rootOf(PushModule.forRoot({ ...withEngine(push), websocket: { path: '/ws' } })),
    { logger: false },
  );
  await app.init();
  expect(push.calls).toEqual(['start', 'attach {"path":"/ws"}']);
  await app.close();
  expect(push.calls.slice(2)).toEqual(['drain', 'detach', 'close']);
});

it('attaches no WebSocket where it is turned off', async () => {
  const push = new FakePush();
  const app = await NestFactory.create(rootOf(PushModule.forRoot({ ...withEngine(push), websocket: false })), {
    logger: false,
  });
  await app.init();
  await app.close();
  expect(push.calls).toEqual(['start', 'drain', 'close']);
});

it('listens for MQTT between the start and the drain, without an HTTP server too', async () => {
  const push = new FakePush();
  const mqtt = { port: 0, host: '127.0.0.1' };
  const app = await NestFactory.createApplicationContext(rootOf(PushModule.forRoot({ ...withEngine(push), mqtt })), {
    logger: false,
  });
  expect(push.calls).toEqual(['start', 'mqtt {"port":0,"host":"127.0.0.1"}']);
  await app.close();
  expect(push.calls.slice(2)).toEqual(['drain', 'mqtt closed', 'close']);
});

it('does not start where MQTT cannot listen, and names the field', async () => {
  mqttFailure = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
  const root = rootOf(PushModule.forRoot({ ...withEngine(new FakePush()), mqtt: { port: 1883 } }));
  const starting = NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
  await expect(starting).rejects.toMatchObject({ code: 'INVALID', field: 'mqtt.port', cause: mqttFailure });
  mqttFailure = undefined;
});

it('takes its options from a factory', async () => {
  const push = new FakePush();
  const config: DynamicModule = {
    module: class Config {},
    providers: [{ provide: 'TENANT', useValue: 'acme' }],
    exports: ['TENANT'],
  };
  const root = PushModule.forRootAsync({
    imports: [config],
    inject: ['TENANT'],
    useFactory: (defaultTenant: string) => ({ ...withEngine(push), defaultTenant }),
  });
  const app = await NestFactory.createApplicationContext(rootOf(root, HostModule), { logger: false });
  await app.get(Host).push.publish({ ...publish, idempotencyKey: 'k' });
  await app.get(Host).push.publish({ ...publish, tenant: 'other' });
  expect(push.calls).toEqual(['start', 'publish acme k', 'publish other -']);
  await app.close();
});

it('is not global where told so', async () => {
  const root = rootOf(PushModule.forRoot({ ...withEngine(new FakePush()), isGlobal: false }), HostModule);
  await expect(NestFactory.createApplicationContext(root, { logger: false, abortOnError: false })).rejects.toThrow(
    /PushService/,
  );
});

it('keeps two applications in one process apart', async () => {
  const [one, two] = [new FakePush(), new FakePush()];
  const apps = await Promise.all(
    [one, two].map((push) =>
      NestFactory.createApplicationContext(rootOf(PushModule.forRoot(withEngine(push)), HostModule), { logger: false }),
    ),
  );
  await apps[0]!.get(Host).push.publish(publish);
  await apps[1]!.close();
  expect(one.calls).toEqual(['start', 'publish default -']);
  expect(two.calls).toEqual(['start', 'drain', 'close']);
  await apps[0]!.close();
});

it('lets an engine that hangs go when the time is up, and closes it all the same', async () => {
  const push = new FakePush();
  push.drain = () => new Promise(() => undefined);
  let elapsed = 0;
  const clock: Clock = {
    now: () => elapsed,
    elapsed: () => elapsed,
    // The time is up at the next turn.
    after: (delayMs, run) => {
      const handle = setImmediate(() => {
        elapsed += delayMs;
        run();
      });
      return { cancel: () => clearImmediate(handle) };
    },
    soon: (run) => void setImmediate(run),
  };
  const registrar = new PushRegistrar(push, { ...withEngine(push), clock, drainTimeoutMs: 50 }, nobody);
  (registrar as unknown as { logger: { warn(): void } }).logger.warn = () => undefined;
  await registrar.beforeApplicationShutdown();
  expect(push.calls).toEqual(['close']);
  expect(elapsed).toBe(50);
});

it('closes even where draining fails', async () => {
  const push = new FakePush();
  push.drain = () => Promise.reject(new Error('no'));
  const registrar = new PushRegistrar(push, withEngine(push), nobody);
  (registrar as unknown as { logger: { error(): void } }).logger.error = () => undefined;
  await registrar.beforeApplicationShutdown();
  expect(push.calls).toEqual(['close']);
});

it.each([
  [{ drainTimeoutMs: 0 }, 'drainTimeoutMs'],
  [{ defaultTenant: 'a b' }, 'defaultTenant'],
  [{ websocket: { path: 'ws' } }, 'websocket.path'],
  [{ mqtt: { port: 65_536 } }, 'mqtt.port'],
])('refuses the option %j', async (option, field) => {
  const root = rootOf(PushModule.forRoot({ ...withEngine(new FakePush()), ...option }));
  await expect(
    NestFactory.createApplicationContext(root, { logger: false, abortOnError: false }),
  ).rejects.toMatchObject({ field });
});

it('can be overridden in a testing module by its tokens', async () => {
  const push = new FakePush();
  const module = await Test.createTestingModule({ imports: [PushModule.forRoot(withEngine(new FakePush()))] })
    .overrideProvider(PUSH)
    .useValue(push)
    .compile();
  expect(module.get(PushService).engine).toBe(push);
  expect(module.get(PUSH_MODULE_OPTIONS)).toBeDefined();
});
