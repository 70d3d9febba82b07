import { Module, type INestApplication, type Provider, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { createMemoryStore, InProcessQueue } from 'push-core';
import { Subject } from 'rxjs';
import { PushModule } from '../push.module.js';
import type { PushModuleOptions } from '../push.options.js';
import { PushService } from '../push.service.js';
import { PUSH_QUEUE } from '../tokens.js';

interface Setup extends Partial<PushModuleOptions> {
  controllers?: Type[];
}

/** An application around decorated classes, its queue in memory, and what it logged. */
export class Site {
  readonly queue = new InProcessQueue();
  readonly logged: string[] = [];
  app?: INestApplication;

  async start(providers: Provider[], { controllers = [], ...options }: Setup = {}): Promise<PushService> {
    class AppModule {}
    const given = { store: createMemoryStore(), limits: { drainAckMs: 1 }, ...options };
    Module({ imports: [PushModule.forRoot(given)], providers, controllers })(AppModule);
    const testing = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(PUSH_QUEUE)
      .useValue(this.queue)
      .setLogger(this.logger)
      .compile();
    this.app = testing.createNestApplication();
    await this.app.init();
    return this.app.get(PushService);
  }

  get logger() {
    const note = (text: unknown): void => void this.logged.push(String(text));
    return { log: () => undefined, warn: note, error: note };
  }

  async close(): Promise<void> {
    await this.app?.close();
    await this.queue.close();
  }
}

export const hello = { to: { users: ['ann'] }, type: 'hello', thread: 't', data: { n: 1 } };
export const phone = { user: 'ann', device: 'phone' };

/** What a handler was called with, one call after the other. */
export class Calls {
  private readonly calls = new Subject<unknown>();
  private readonly seen: unknown[] = [];
  private waiting: ((call: unknown) => void) | undefined;
  constructor() {
    this.calls.subscribe((call) => {
      this.seen.push(call);
      this.serve();
    });
  }
  add(call: unknown): void {
    this.calls.next(call);
  }
  next(): Promise<unknown> {
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.serve();
    });
  }
  private serve(): void {
    if (!this.waiting || this.seen.length === 0) return;
    const resolve = this.waiting;
    this.waiting = undefined;
    resolve(this.seen.shift());
  }
}

export interface FakeSocket {
  readonly sent: string[];
  readonly closed: Promise<void>;
}

/** As much of a socket of `ws` as `PushService.accept` asks for. */
export function fakeSocket(): FakeSocket & object {
  const sent: string[] = [];
  let close = (): void => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const listeners = new Map<string, (...args: unknown[]) => void>();
  const end = (): void => {
    listeners.get('close')?.();
    close();
  };
  return {
    sent,
    closed,
    readyState: 1,
    bufferedAmount: 0,
    send: (data: unknown, ...rest: unknown[]) => {
      sent.push(String(data));
      const callback = rest.at(-1);
      if (typeof callback === 'function') (callback as () => void)();
    },
    ping: () => undefined,
    terminate: end,
    close: end,
    on(name: string, listener: (...args: unknown[]) => void) {
      listeners.set(name, listener);
      return this;
    },
    off: () => undefined,
    removeListener: () => undefined,
  } as never;
}
