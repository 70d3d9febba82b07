import { ConservationAudit, type ConservationOptions, type Push, type Store } from 'push-core';
import type { StoreTimings } from './measured-store.js';
import { PUSH_METRICS } from './metric-table.js';
import { scrapedMetric, type ScrapedMetric } from './scraped-metric.js';

export interface MetricsOptions {
  /** The engine's, for what waits in it; made by `measureStore`, also for `push_store_seconds`. */
  readonly store?: Store | { readonly timings: StoreTimings };
  /**
   * Whether all that was accepted is there is looked up at a scrape, for a sample (`push_conservation`). Needs `store`. Default true.
   */
  readonly conservation?: boolean | ConservationOptions;
  /** A label `tenant` on `push_messages_accepted_total`. Default false: whoever reads the metrics learns who there is. */
  readonly tenants?: boolean;
  /** Adds prom-client's metrics of the process (event loop, heap, CPU). Default true. */
  readonly processMetrics?: boolean;
}

/** A text exposition, as Prometheus reads it. */
export interface PushMetrics {
  readonly contentType: string;
  text(): Promise<string>;
}

/** The slice of prom-client's `Registry` that takes metrics. */
export interface MetricRegistry {
  registerMetric(metric: never): void;
}

/** Adds the engine's metrics to a registry of the host's own. They are read when the registry is. */
export function registerPushMetrics(
  registry: MetricRegistry,
  push: Pick<Push, 'meters' | 'status' | 'on' | 'now'>,
  { store, tenants = false, conservation = true }: Omit<MetricsOptions, 'processMetrics'> = {},
): void {
  const register = registry.registerMetric.bind(registry) as (metric: ScrapedMetric) => void;
  const timings = store && 'timings' in store ? store.timings : undefined;
  const whole = store && 'notifications' in store ? store : undefined;
  const audit =
    whole && 'messages' in whole && conservation !== false
      ? new ConservationAudit(push, whole, conservation === true ? {} : conservation)
      : undefined;
  const source = { push, timings, store: whole, conservation: audit, tenants };
  for (const row of PUSH_METRICS) register(scrapedMetric(row, source));
}

/** The engine's metrics in a registry of their own: two engines in one process do not see each other. Needs prom-client. */
export async function createPushMetrics(
  push: Pick<Push, 'meters' | 'status' | 'on' | 'now'>,
  options: MetricsOptions = {},
): Promise<PushMetrics> {
  const { Registry, collectDefaultMetrics } = await loadPromClient();
  const registry = new Registry();
  registerPushMetrics(registry, push, options);
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

/** An optional peer: nothing of it is loaded where nobody asks for metrics. */
async function loadPromClient() {
  try {
    const loaded = await import('prom-client');
    // A CommonJS package: an ES module importer may find everything under `default` alone.
    return 'Registry' in loaded ? loaded : (loaded as { default: typeof loaded }).default;
  } catch (cause) {
    throw new Error('Metrics need prom-client: npm install prom-client', { cause });
  }
}
