import type { Limits } from '../../options.js';
import type { Rule } from './report.js';

/**
 * Faults that are planted to prove the checker: each breaks one promise, at a port, and each must be found.
 * The rules are those that may find it first.
 */
export const SABOTAGES = {
  'accepted before the commit': ['not-durable'],
  'a batch is appended in part': ['not-durable', 'seq'],
  'idempotency keys are ignored': ['shown-twice'],
  'a stored cursor moves back': ['cursor-back'],
  'the cursor moves when a push is sent': ['cursor-ahead', 'hole', 'window'],
  'acknowledgements are ignored': ['pending', 'refused', 'lost'],
  'a page leaves an entry out': ['hole', 'lost', 'false-skip'],
  'a page has two entries swapped': ['out-of-order'],
  'the audience is ignored': ['unexpected'],
  'expiry is ignored': ['expired-sent'],
  'the window is ignored': ['window'],
  'nothing is sent again': ['lost'],
  'a gap is told as a skip': ['false-skip', 'hole'],
  'a message is told as a skip': ['false-skip'],
  'the client does not de-duplicate': ['shown-twice'],
  'timers outlive the engine': ['leak'],
  'pages are appended again': ['shown-twice'],
  'a job dies with its worker': ['pending'],
  'nothing is looked for without a hint': ['lost', 'pending'],
  'nodes go by their own clocks': ['expired-sent', 'false-skip', 'early', 'cursor-ahead'],
} as const satisfies Record<string, readonly Rule[]>;

export type Sabotage = keyof typeof SABOTAGES;

const NEVER_MS = 1_000_000_000;

/** What a planted fault makes of the engine's numbers. */
export function sabotagedLimits(sabotage: Sabotage | undefined, limits: Partial<Limits>): Partial<Limits> {
  switch (sabotage) {
    case 'nothing is sent again':
      return { ...limits, retransmitAfterMs: NEVER_MS };
    case 'nothing is looked for without a hint':
      return { ...limits, sweepMs: NEVER_MS };
    default:
      return limits;
  }
}
