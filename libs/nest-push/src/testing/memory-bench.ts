import { Injectable } from '@nestjs/common';
import { createMemoryStore, InProcessQueue, type HostTransaction, type MemoryStore } from 'push-core';
import type { ProviderFactory } from 'push-core/providers';
import { seededIds, seededRandom, VirtualClock } from 'push-core/testing';
import type { TransactionManager } from '../host-transaction.js';
import type { PushModuleOptions } from '../push.options.js';
import type { TestBench } from '../test-bench.js';
import { isBusyOutside } from './outside-work.js';
import { memoryTransaction } from './memory-transaction.js';
import { noNetwork, RecordingProviders } from './recording-providers.js';

const SEED = 1;
/** There is no other process that could take over; and the clock may leap, by a minute at most. Milliseconds. */
const LEASE_MS = 3_600_000;

/** The world of a tested module: everything in this process's memory, and time that passes when it is told to. */
@Injectable()
export class MemoryBench implements TestBench {
  /** It starts at the real time, which the code under test may look at too. */
  readonly clock = new VirtualClock(Date.now(), isBusyOutside);
  readonly store: MemoryStore = createMemoryStore({ ids: seededIds(SEED) });
  readonly queue = new InProcessQueue();
  readonly providers = new RecordingProviders(this.clock);
  /** Of the module that runs here. */
  given?: PushModuleOptions;

  adjust(options: PushModuleOptions): PushModuleOptions {
    if (this.given)
      throw new Error(
        'There are two PushModules in the tested modules. Where the application imports PushModule itself, import the class PushTestingModule; PushTestingModule.forRoot() brings one of its own',
      );
    this.given = options;
    // What the host decides stays: plugins, limits, retention, tenants, the authenticator, how long offline waits. What leads
    // out of this process is left out, and so are roles: there is no other process to take the others.
    const { bus: _bus, rabbitmq: _rabbitmq, mqtt: _mqtt, socketio: _socketio, roles: _roles, ...kept } = options;
    const { guard: _guard, ...offline } = options.offline ?? { providers: [], http: noNetwork };
    return {
      ...kept,
      websocket: false,
      store: this.store,
      clock: this.clock,
      ids: seededIds(SEED),
      random: seededRandom(SEED),
      limits: { ...options.limits, presenceLeaseMs: LEASE_MS, jobLeaseMs: LEASE_MS },
      offline: { ...offline, providers: this.providers.factories(offline.providers), http: noNetwork },
    };
  }

  recorded({ name, traits }: ProviderFactory): ProviderFactory {
    return this.providers.factory(name, traits);
  }

  joinTransaction(manager: TransactionManager): HostTransaction {
    return memoryTransaction(manager, this.store);
  }
}
