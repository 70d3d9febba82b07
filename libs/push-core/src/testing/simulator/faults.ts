import type { Limits, Retention } from '../../options.js';
import type { Dice } from './dice.js';

/** How much goes wrong. Probabilities from 0 to 1; `…EveryMs` are means, 0 for never. */
export interface Faults {
  // links
  dropFrame: number;
  doubleFrame: number;
  delayFrame: number;
  delayMs: number;
  /** A delayed frame may be overtaken. */
  reorder: number;
  cutEveryMs: number;
  halfOpenEveryMs: number;
  slowEveryMs: number;
  // between nodes
  dropHint: number;
  doubleHint: number;
  delayHint: number;
  busDownEveryMs: number;
  // the process
  deathEveryMs: number;
  /** At a call of the store, before or after it took effect. */
  deathAtStore: number;
  restartEveryMs: number;
  /** Its wall clock is wrong by up to this much, another amount in each life. */
  skewMs: number;
  // the store
  storeLatencyMs: number;
  storeErrorBefore: number;
  storeErrorAfter: number;
  storeSlow: number;
  authenticatorDown: number;
  // clients
  muteEveryMs: number;
  leaveEveryMs: number;
}

export const NO_FAULTS: Readonly<Faults> = Object.freeze({
  dropFrame: 0,
  doubleFrame: 0,
  delayFrame: 0,
  delayMs: 0,
  reorder: 0,
  cutEveryMs: 0,
  halfOpenEveryMs: 0,
  slowEveryMs: 0,
  dropHint: 0,
  doubleHint: 0,
  delayHint: 0,
  busDownEveryMs: 0,
  deathEveryMs: 0,
  deathAtStore: 0,
  restartEveryMs: 0,
  skewMs: 0,
  storeLatencyMs: 0,
  storeErrorBefore: 0,
  storeErrorAfter: 0,
  storeSlow: 0,
  authenticatorDown: 0,
  muteEveryMs: 0,
  leaveEveryMs: 0,
});

/** Each seed has its own mix (a swarm): some faults absent, some rare, some all the time. */
export function drawFaults(dice: Dice): Faults {
  const some = (most: number) => (dice.chance(0.55) ? most * dice.next() ** 2 : 0);
  const every = (leastMs: number, mostMs: number) => (dice.chance(0.55) ? dice.int(leastMs, mostMs) : 0);
  const faults: Faults = {
    dropFrame: some(0.15),
    doubleFrame: some(0.2),
    delayFrame: some(0.3),
    delayMs: dice.int(50, 3000),
    reorder: dice.chance(0.3) ? 0.5 : 0,
    cutEveryMs: every(3_000, 40_000),
    halfOpenEveryMs: every(15_000, 60_000),
    slowEveryMs: every(8_000, 60_000),
    dropHint: some(0.5),
    doubleHint: some(0.3),
    delayHint: some(0.5),
    busDownEveryMs: every(10_000, 60_000),
    deathEveryMs: every(5_000, 40_000),
    deathAtStore: some(0.01),
    restartEveryMs: every(15_000, 60_000),
    skewMs: dice.chance(0.3) ? dice.int(1, 2000) : 0,
    storeLatencyMs: dice.chance(0.5) ? dice.int(1, 30) : 0,
    storeErrorBefore: some(0.1),
    storeErrorAfter: some(0.1),
    storeSlow: some(0.05),
    authenticatorDown: some(0.1),
    muteEveryMs: every(5_000, 40_000),
    leaveEveryMs: every(5_000, 40_000),
  };
  const wrong = Object.entries(faults).some(([name, value]) => value > 0 && !BENIGN.has(name));
  return wrong ? faults : { ...faults, cutEveryMs: 5_000, deathEveryMs: 15_000 };
}

/** Alone they disturb nothing. */
const BENIGN = new Set([
  'delayMs',
  'reorder',
  'skewMs',
  'storeLatencyMs',
  'dropHint',
  'doubleHint',
  'delayHint',
  'busDownEveryMs',
]);

/** The engine's numbers differ from seed to seed too: small ones bring its edges near. */
export function drawLimits(dice: Dice): { limits: Partial<Limits>; retention: Partial<Retention> } {
  return {
    limits: {
      retransmitAfterMs: dice.pick([10_000, 10_000, 3_000, 6_000]),
      congestedBytes: dice.pick([1, 2_000, 262_144]),
      slowConsumerMs: dice.pick([5_000, 15_000]),
      frameBytes: dice.pick([1, 400, 4_000, 131_072]),
      hotEntries: dice.pick([1, 2, 8, 64, 1024]),
      hotMs: dice.pick([1, 1_000, 30_000]),
      hotBytes: dice.pick([1, 2_000, 67_108_864]),
      cursorFlushMs: dice.pick([1, 100, 1_000]),
      commitBatch: dice.pick([1, 3, 1000]),
      sweepMs: dice.pick([2_000, 10_000]),
      drainSpreadMs: dice.pick([1, 1_000, 5_000]),
      duePollMs: dice.pick([500, 2_000]),
      fanOutPage: dice.pick([1, 2, 5, 1000]),
      jobLeaseMs: dice.pick([1_000, 5_000, 30_000]),
      jobPollMs: dice.pick([500, 2_000]),
      hintBytes: dice.pick([1, 300, 8_192]),
      timeSyncMs: dice.pick([1_000, 5_000]),
      presenceLeaseMs: dice.pick([6_000, 30_000]),
    },
    retention: { maxEntries: dice.pick([4, 12, 40, 1000, 1000, 1000]), everyMs: dice.pick([2_000, 10_000, 60_000]) },
  };
}
