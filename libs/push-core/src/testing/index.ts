export { ManualClock } from './manual-clock.js';
export { busConformance, storeConformance } from './conformance/index.js';
export { NO_FAULTS, SABOTAGES, seededIds, seededRandom, simulate } from './simulator/index.js';
export type { Faults, Rule, Sabotage, SimulationOptions, SimulationReport, Violation } from './simulator/index.js';
