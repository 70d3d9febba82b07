export { simulate } from './simulate.js';
export { NO_FAULTS, type Faults } from './faults.js';
export { SABOTAGES, type Sabotage } from './sabotage.js';
export type { Rule, SimulationOptions, SimulationReport, Violation } from './report.js';
export { seededIds, seededRandom } from './dice.js';
