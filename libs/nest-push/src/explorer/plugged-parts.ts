import { Inject, Injectable, Optional } from '@nestjs/common';
import { PushError, type OfflineOptions, type Plugin, type Store } from 'push-core';
import { offlineOver, type ProviderFactory } from 'push-core/providers';
import { PUSH_RESULT } from '../decorators/metadata.js';
import { lateStore } from '../late-store.js';
import { missingDataSource } from '../push-transaction.js';
import type { PushModuleOptions } from '../push.options.js';
import type { TestBench } from '../test-bench.js';
import { PUSH_MODULE_OPTIONS, PUSH_TEST_BENCH } from '../tokens.js';
import { PushExplorer } from './explorer.js';
import { HandlerFactory } from './handler.js';
import { hookPlugins } from './hook-plugins.js';

/**
 * The engine's parts that the host plugs in by decorators. The engine is made before their instances are; so it gets places
 * for them, which `complete` fills before it starts.
 */
@Injectable()
export class PluggedParts {
  /** Undefined where no class is plugged in as one. */
  readonly store?: Store;
  readonly plugins: Plugin[];
  readonly offline?: OfflineOptions;
  private readonly late?: ReturnType<typeof lateStore>;
  private readonly providers: ProviderFactory[];

  constructor(
    @Inject(PUSH_MODULE_OPTIONS) private readonly options: PushModuleOptions,
    @Inject(PushExplorer) private readonly explorer: PushExplorer,
    @Inject(HandlerFactory) private readonly handlers: HandlerFactory,
    @Optional() @Inject(PUSH_TEST_BENCH) private readonly bench?: TestBench,
  ) {
    this.plugins = [...(options.plugins ?? [])];
    this.providers = [...(options.offline?.providers ?? [])];
    const offline = options.offline ?? (explorer.hasPlugged('provider') ? offlineOver([]) : undefined);
    this.offline = offline && { ...offline, providers: this.providers };
    if (!options.store && explorer.hasPlugged('store')) this.store = this.late = lateStore();
  }

  /** Throws INVALID, with the class's name, where what was plugged in does not fit. */
  complete(): void {
    this.plugins.push(...hookPlugins(this.explorer, this.handlers));
    for (const { className, instance } of this.explorer.plugged<ProviderFactory>('provider')) {
      if (this.bench) {
        this.record(this.bench.recorded(instance));
        continue;
      }
      if (this.providers.some(({ name }) => name === instance.name))
        throw new PushError(
          'INVALID',
          `${className} has @PushProvider(), but there is a provider "${instance.name}" already`,
        );
      this.providers.push(instance);
    }
    if (!this.bench) this.bindStore();
    if (!this.options.dataSource) this.refuseOutbox();
  }

  /** A test bench has providers of all known names. */
  private record(provider: ProviderFactory): void {
    const at = this.providers.findIndex(({ name }) => name === provider.name);
    this.providers.splice(at < 0 ? this.providers.length : at, 1, provider);
  }

  private bindStore(): void {
    const stores = this.explorer.plugged<Store>('store');
    const [first, second] = stores;
    if (!first) return;
    if (!this.late)
      throw new PushError(
        'INVALID',
        `${first.className} has @PushStore(), but PushModule was given a store too: leave one out`,
      );
    if (second) throw new PushError('INVALID', `${first.className} and ${second.className} both have @PushStore()`);
    this.late.bind(first.instance);
  }

  private refuseOutbox(): void {
    for (const { className, method, metadata } of this.explorer.names(PUSH_RESULT))
      if (metadata.onFailure === 'outbox') throw missingDataSource(`${className}.${method}: `);
  }
}
