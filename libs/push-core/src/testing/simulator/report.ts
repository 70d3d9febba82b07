import type { Faults } from './faults.js';
import type { Sabotage } from './sabotage.js';

/** What the checker holds a run to. */
export type Rule =
  /** An accepted message is not in the store, or not in every stream it is for. */
  | 'not-durable'
  /** A `seq` a device is owed was accounted for by none of push, skip, gap. */
  | 'lost'
  | 'shown-twice'
  | 'out-of-order'
  /** Shown, but never published, or not to this device. */
  | 'unexpected'
  /** The server left a `seq` out on a connection. */
  | 'hole'
  /** Announced as nothing for this device, though it was. */
  | 'false-skip'
  /** Announced as lost, though it is kept. */
  | 'false-gap'
  | 'expired-sent'
  /** Released before its time. */
  | 'early'
  /** More unacknowledged entries outstanding than the client's window. */
  | 'window'
  | 'cursor-back'
  /** A stored cursor beyond what the device acknowledged. */
  | 'cursor-ahead'
  /** A `seq` given twice, or one left out, in the store. */
  | 'seq'
  /** A publisher or a client that keeps to the contract was told to go away for good. */
  | 'refused'
  /** Work was left when nothing disturbed any more. */
  | 'pending'
  /** A timer or a link outlived the engine. */
  | 'leak'
  /** The engine threw where it promised not to. */
  | 'thrown';

export interface Violation {
  readonly rule: Rule;
  /** Milliseconds since the run began. */
  readonly atMs: number;
  readonly text: string;
}

export interface SimulationOptions {
  seed: number;
  /** How long things go wrong; after it the run goes on undisturbed until everything has settled. Default 60000. */
  durationMs?: number;
  /** Instead of what the seed draws. */
  faults?: Partial<Faults>;
  /** A planted fault, to prove the checker. */
  sabotage?: Sabotage;
  /** Keep the trace as text. Default false. */
  trace?: boolean;
  /** A run that accepted fewer messages is invalid. Default 20. */
  minAccepted?: number;
}

export interface SimulationReport {
  readonly seed: number;
  /** Why the run proves nothing: too little was accepted, or no fault took effect. */
  readonly invalid?: string;
  /** The first ones; a run ends with the event that broke a rule. */
  readonly violations: readonly Violation[];
  /** Equal for equal runs. */
  readonly hash: string;
  readonly trace: readonly string[];
  readonly simulatedMs: number;
  readonly nodes: number;
  readonly events: number;
  readonly attempted: number;
  readonly accepted: number;
  readonly shown: number;
  /** Shown before the publisher had its answer: allowed. */
  readonly recovered: number;
  /** Pages of long audiences that were appended by a worker. */
  readonly pages: number;
  /** How often each fault took effect. */
  readonly faults: Readonly<Record<string, number>>;
}
