import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import {
  createMemoryStore,
  InProcessBusHub,
  type Link,
  type LinkHandler,
  type SharedFrame,
  type Store,
} from 'push-core';
import { PushModule } from '../push.module.js';
import { PushService } from '../push.service.js';
import type { PushModuleOptions } from '../push.options.js';
import { spanContextOf, traceparentOf } from './traceparent.js';

/** A device that writes down what it gets, and acknowledges when it is told to. */
class Device implements Link {
  readonly transport = 'fake';
  readonly resends = 'in place';
  readonly lingerMs = 0;
  readonly frames: Record<string, unknown>[] = [];
  handler!: LinkHandler;
  private waiting: (() => void)[] = [];

  send(frames: readonly SharedFrame[]): void {
    for (const { text } of frames)
      for (const line of text.split('\n')) this.frames.push(JSON.parse(line) as Record<string, unknown>);
    for (const look of [...this.waiting]) look();
  }
  bufferedBytes = () => 0;
  ping = () => undefined;
  close = () => undefined;
  say = (frame: object) => this.handler.received(JSON.stringify(frame));

  until(op: string, count = 1): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.frames.filter((frame) => frame.op === op).length < count) return;
        this.waiting = this.waiting.filter((one) => one !== look);
        resolve();
      };
      this.waiting.push(look);
      look();
    });
  }
}

const exporter = new InMemorySpanExporter();
const apps: INestApplicationContext[] = [];

function useSdk(ratio = 1): void {
  const sampler = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  const provider = new BasicTracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

async function node(store: Store, more: Partial<PushModuleOptions> = {}): Promise<PushService> {
  class AppModule {}
  const authenticator: PushModuleOptions['authenticator'] = {
    authenticate: async (user) => ({ kind: 'valid', identity: { tenant: 'default', user, expiresAt: Infinity } }),
  };
  Module({ imports: [PushModule.forRoot({ store, authenticator, tracing: true, drainTimeoutMs: 3000, ...more })] })(
    AppModule,
  );
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  apps.push(app);
  return app.get(PushService);
}

async function connect({ engine }: PushService, user = 'ann'): Promise<Device> {
  const device = new Device();
  device.handler = engine.accept(device);
  device.say({ op: 'connect', token: user, device: 'd1' });
  await device.until('connected');
  return device;
}

const one = (spans: readonly ReadableSpan[], name: string): ReadableSpan => {
  const found = spans.filter((span) => span.name === name);
  expect(found.map((span) => span.name)).toEqual([name]);
  return found[0]!;
};
const ended = (name: string, count = 1): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void =>
      exporter.getFinishedSpans().filter((span) => span.name === name).length >= count
        ? resolve()
        : void setImmediate(look);
    look();
  });

describe('the way of a message, as OpenTelemetry sees it', () => {
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    exporter.reset();
    trace.disable();
    context.disable();
  });

  it('is one trace across two nodes: publish, store, hint, send, acknowledge', async () => {
    useSdk();
    const hub = new InProcessBusHub();
    const store = createMemoryStore();
    const publisher = await node(store, { bus: hub.join(), node: 'a' });
    const gateway = await node(store, { bus: hub.join(), node: 'b' });
    const device = await connect(gateway);

    // Below whatever the caller is doing: a request, say.
    const request = trace.getTracer('host').startSpan('POST /orders');
    const { id } = await context.with(trace.setSpan(context.active(), request), () =>
      publisher.publish({ to: { users: ['ann'] }, type: 'order', data: { secret: 'canary' } }),
    );
    request.end();
    await device.until('push');
    device.say({ op: 'ack', s: '@me', seq: 1 });
    await ended('push acknowledge');

    const spans = exporter.getFinishedSpans();
    const chain = ['POST /orders', 'push publish', 'push store', 'push hint', 'push send', 'push acknowledge'];
    expect(spans.map((span) => span.name).sort()).toEqual([...chain].sort());
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
    chain.slice(1).forEach((name, at) => {
      expect([name, one(spans, name).parentSpanContext?.spanId]).toEqual([
        name,
        one(spans, chain[at]!).spanContext().spanId,
      ]);
    });
    expect(one(spans, 'push store').attributes).toMatchObject({ 'messaging.message.id': id, 'push.tenant': 'default' });
    expect(one(spans, 'push send').attributes).toMatchObject({ 'push.stream': '@me', 'push.seq': 1 });
    expect(JSON.stringify(spans.map((span) => span.attributes))).not.toMatch(/canary|ann|d1/);
  });

  it('leaves the hint out where the device is on the node that stored it', async () => {
    useSdk();
    const alone = await node(createMemoryStore(), { tracing: { users: true } });
    const device = await connect(alone);
    await alone.publish({ to: { users: ['ann'] }, type: 'x' });
    await device.until('push');
    device.say({ op: 'ack', s: '@me', seq: 1 });
    await ended('push acknowledge');
    const spans = exporter.getFinishedSpans();
    expect(spans.map((span) => span.name).sort()).toEqual([
      'push acknowledge',
      'push publish',
      'push send',
      'push store',
    ]);
    expect(one(spans, 'push send').parentSpanContext?.spanId).toBe(one(spans, 'push store').spanContext().spanId);
    expect(one(spans, 'push acknowledge').attributes).toMatchObject({ 'push.user': 'ann', 'push.device': 'd1' });
  });

  it('has a span for each device that is sent it, and none for those that are not', async () => {
    useSdk();
    const alone = await node(createMemoryStore());
    const devices = await Promise.all(['ann', 'bob', 'eve'].map((user) => connect(alone, user)));
    await alone.publish({ to: { all: true, except: { users: ['eve'] } }, type: 'x' });
    await Promise.all([devices[0]!.until('push'), devices[1]!.until('push'), devices[2]!.until('skip')]);
    expect(exporter.getFinishedSpans().filter((span) => span.name === 'push send')).toHaveLength(2);
  });

  it('ends where the device leaves before it has acknowledged', async () => {
    useSdk();
    const alone = await node(createMemoryStore());
    const device = await connect(alone);
    await alone.publish({ to: { users: ['ann'] }, type: 'x' });
    await device.until('push');
    device.handler.closed();
    await ended('push acknowledge');
    expect(one(exporter.getFinishedSpans(), 'push acknowledge').status.code).toBe(SpanStatusCode.ERROR);
  });

  it('says by its code why a publish failed, and nothing of its text', async () => {
    useSdk();
    const alone = await node(createMemoryStore());
    await expect(alone.publish({ to: {}, type: 'x' })).rejects.toMatchObject({ code: 'NO_AUDIENCE' });
    expect(one(exporter.getFinishedSpans(), 'push publish').status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'NO_AUDIENCE',
    });
  });

  it.each([
    ['nobody records it', () => undefined],
    ['it was not sampled', () => useSdk(0)],
  ])('is not carried on where %s', async (_, prepare) => {
    prepare();
    const hub = new InProcessBusHub();
    const store = createMemoryStore();
    const heard: unknown[] = [];
    const listener = hub.join();
    await listener.open('listener');
    listener.onHints((hints) => heard.push(...hints));
    const alone = await node(store, { bus: hub.join() });
    await alone.publish({ to: { topics: ['news'] }, type: 'x' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toContainEqual(expect.objectContaining({ kind: 'entry' }));
    expect(JSON.stringify(heard)).not.toContain('trace');
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

it('reads the traceparent it writes, and passes over what is none', () => {
  const written = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
  expect(traceparentOf(spanContextOf(written)!)).toBe(written);
  expect(spanContextOf('00-x')).toBeUndefined();
  expect(traceparentOf({ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 0 })).toBeUndefined();
  expect(traceparentOf({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 1 })).toBeUndefined();
});
