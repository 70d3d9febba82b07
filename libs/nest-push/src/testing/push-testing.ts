import {
  Inject,
  Injectable,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Push } from 'push-core';
import type { SendResult } from 'push-core/providers';
import {
  eventually,
  Expectation,
  show,
  showList,
  Stories,
  whileTimePasses,
  type Pattern,
  type TestDevice,
  type Within,
} from 'push-core/testing';
import { PUSH } from '../tokens.js';
import { milliseconds, type Duration } from './duration.js';
import { runFree } from './free-run.js';
import { MemoryBench } from './memory-bench.js';
import { PublishedLog, type Published } from './published.js';
import type { Notified, Retracted } from './recording-providers.js';
import { TestDevices, type DeviceOptions } from './test-devices.js';
import { TestQueue } from './test-queue.js';

interface Started {
  readonly push: Push;
  readonly stories: Stories;
  readonly published: PublishedLog;
  readonly devices: TestDevices;
}

/** Beside how long an offline message waits: until it is written, looked for and sent. */
const NOTIFY_WITHIN_MS = 10_000;
const OFFLINE_WAIT_MS = 3000;

/** Drives the engine of a tested module, which runs in memory and under virtual time: `app.get(PushTesting)`. */
@Injectable()
export class PushTesting implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  private started?: Started;
  private isInitialised = false;
  private stopRunning = (): void => undefined;
  private readonly queues = new Map<string, TestQueue>();

  constructor(
    @Inject(ModuleRef) private readonly modules: ModuleRef,
    @Inject(MemoryBench) private readonly bench: MemoryBench,
  ) {}

  // ---- who is there

  /**
   * A device of the user; the same one for the same name. It connects when it is first asked for something, and finds then
   * what came since this call. With `platform` it is registered for notifications.
   */
  device(user: string, name: string, options: DeviceOptions = {}): TestDevice {
    const { devices } = this.running();
    const tenant = options.tenant ?? this.defaultTenant;
    return devices.get({ tenant, user, device: name }, options);
  }

  /** A queue in memory, which `@PushConsumer` handlers are served from. */
  queue(name: string): TestQueue {
    this.running();
    const known = this.queues.get(name) ?? new TestQueue(name, this.bench.queue, this.bench.clock);
    this.queues.set(name, known);
    return known;
  }

  /** What a provider answers to the next sends, in place of taking them. */
  provider(name: string): { answers(result: SendResult, times?: number): void } {
    this.running();
    const { providers } = this.bench;
    return {
      answers: (result, times = 1) => providers.script(name, new Array<SendResult>(times).fill(result)),
    };
  }

  // ---- time

  /** Lets virtual time pass, by milliseconds or `'90 s'`, `'1 h'`, `'2 d'`. Real time hardly does. */
  async advance(duration: Duration): Promise<void> {
    const ms = milliseconds(duration);
    await this.running().devices.registered();
    await this.bench.clock.advance(ms);
  }

  /** No time passes: resolves when nothing goes on any more, as far as can be seen. */
  async settle(): Promise<void> {
    await this.running().devices.registered();
    await this.bench.clock.quiet();
  }

  /** The engine's time. Unix milliseconds. */
  now(): number {
    return this.bench.clock.now();
  }

  // ---- what happened

  /** Every message that was accepted, as it was published, in order. */
  get published(): readonly Published[] {
    return this.running().published.all;
  }

  /** What devices would have shown, in order. */
  get notified(): readonly Notified[] {
    return this.bench.providers.notified.all;
  }

  /** What devices would have taken away again, in order. */
  get retracted(): readonly Retracted[] {
    return this.bench.providers.retracted.all;
  }

  /** Why the user was, or was not, told of a message: a line a step. */
  async story(messageId: string, user: string, { tenant = this.defaultTenant } = {}): Promise<string> {
    const { stories } = this.running();
    await this.settle();
    return (await stories.tell({ tenant, user }, messageId)).join('\n');
  }

  // ---- expectations

  /** The first notification to the user that matches and no earlier `notifies` claimed. Virtual time passes until it comes. */
  async notifies(user: string, pattern: Pattern = {}, { withinMs = this.patienceMs }: Within = {}): Promise<Notified> {
    const expectation = new Expectation(this, 'notifies');
    const { stories } = await this.registered();
    const { notified } = this.bench.providers;
    const found = await eventually(this.bench.clock, withinMs, () => notified.claim({ user, ...pattern }));
    if (found) return found;
    const tenant = typeof pattern.tenant === 'string' ? pattern.tenant : this.defaultTenant;
    throw expectation.unmet(
      `${user} was not notified of ${show(pattern)} within ${withinMs} ms.`,
      showList('Notified so far:', notified.all.map(show), 'Nobody was notified.'),
      await stories.about({ tenant, user }, { notification: pattern }),
    );
  }

  /** No notification to anybody that no earlier `notifies` claimed, now or within the time. */
  async notifiesNobody({ withinMs = this.patienceMs }: Within = {}): Promise<void> {
    const expectation = new Expectation(this, 'notifiesNobody');
    const { stories } = await this.registered();
    const { notified } = this.bench.providers;
    const found = await whileTimePasses(this.bench.clock, withinMs, () => notified.find({}));
    if (!found) return;
    const { tenant, user, messageId } = found;
    const story = await stories.tell({ tenant, user }, messageId);
    throw expectation.unmet(`${user} was notified: ${show(found)}.`, showList('What became of it:', story, ''));
  }

  // ---- the module's life

  onModuleInit(): void {
    this.isInitialised = true;
    const push = this.findEngine();
    if (!push) return;
    const { clock, store, providers } = this.bench;
    const stories = new Stories(push, store);
    const published = new PublishedLog(push, store);
    this.started = { push, stories, published, devices: new TestDevices({ push, clock, store, stories, providers }) };
  }

  /** Draining waits for time to pass, and nobody is there to move the clock. */
  onModuleDestroy(): void {
    if (this.started) this.stopRunning = runFree(this.bench.clock);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopRunning();
    await this.bench.clock.quiet();
    await this.bench.queue.close();
  }

  private findEngine(): Push | undefined {
    // The engine's module need not be global.
    return this.bench.given && this.modules.get<Push>(PUSH, { strict: false });
  }

  private running(): Started {
    if (!this.isInitialised) throw tooEarly();
    if (!this.started)
      throw new Error(
        'There is no PushModule in the tested modules: import PushTestingModule.forRoot(), which brings one, or the module that imports PushModule',
      );
    const { state } = this.started.push.status();
    if (state === 'new') throw tooEarly();
    if (state !== 'started') throw new Error('The tested application is closed');
    return this.started;
  }

  private async registered(): Promise<Started> {
    const started = this.running();
    await started.devices.registered();
    return started;
  }

  private get defaultTenant(): string {
    return this.bench.given?.defaultTenant ?? 'default';
  }

  private get patienceMs(): number {
    return (this.bench.given?.offline?.waitMs ?? OFFLINE_WAIT_MS) + NOTIFY_WITHIN_MS;
  }
}

const tooEarly = (): Error => new Error('The engine has not started yet: call await app.init() first');
