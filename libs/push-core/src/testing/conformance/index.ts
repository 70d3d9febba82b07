export { busConformance, type BusPair } from './bus-conformance.js';
export { queueConformance } from './queue-conformance.js';
export type { HarnessDeadLetter, HarnessReplies, QueueHarness } from './queue-harness.js';
export { storeConformance } from './store-conformance.js';
export type { StoreHarness } from './store-harness.js';
export { storeModelConformance, type FastCheckModule } from './store-model-conformance.js';
export type { SuiteRunner } from './suite-runner.js';
export { transportConformance, type TransportConformanceOptions } from './transport-conformance.js';
export type {
  ConnectOptions,
  Ending,
  TransportClient,
  TransportHarness,
  TransportSite,
  TransportTraits,
} from './transport-harness.js';
