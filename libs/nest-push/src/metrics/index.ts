export { createPushMetrics, registerPushMetrics } from './push-metrics.js';
export type { MetricRegistry, MetricsOptions, PushMetrics } from './push-metrics.js';
export { measureStore, type MeasuredStore, type StoreTimings } from './measured-store.js';
