import type { TransportTraits } from './transport-harness.js';
import type { TransportWorld, WorldOptions } from './transport-world.js';

/** One promise of a transport. */
export interface TransportCase extends WorldOptions {
  readonly name: string;
  /** Whether it asks for something this transport can do; absent: every transport can. */
  readonly applies?: (traits: TransportTraits) => boolean;
  readonly run: (world: TransportWorld) => Promise<void>;
}

export const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

export const seqs = (pushes: readonly { readonly seq: number }[]): number[] => pushes.map(({ seq }) => seq);
export const data = (pushes: readonly { readonly data?: unknown }[]): unknown[] => pushes.map((push) => push.data);
