export { ManualClock } from './manual-clock.js';
export { busConformance, storeConformance, storeModelConformance, transportConformance } from './conformance/index.js';
export type {
  BusPair,
  ConnectOptions,
  Ending,
  StoreHarness,
  SuiteRunner,
  TransportClient,
  TransportConformanceOptions,
  TransportHarness,
  TransportSite,
  TransportTraits,
} from './conformance/index.js';
export { NO_FAULTS, SABOTAGES, seededIds, seededRandom, simulate } from './simulator/index.js';
export type { Faults, Rule, Sabotage, SimulationOptions, SimulationReport, Violation } from './simulator/index.js';
