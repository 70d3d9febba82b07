export { busConformance, type BusPair } from './bus-conformance.js';
export { storeConformance } from './store-conformance.js';
export type { StoreHarness } from './store-harness.js';
export { storeCommands, storeModelConformance } from './store-model.js';
export { StoreModel } from './store-model-state.js';
export type { SuiteRunner } from './suite-runner.js';
