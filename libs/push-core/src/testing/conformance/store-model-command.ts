import type * as FastCheck from 'fast-check';
import type { Store } from '../../store/store.js';
import type { StoreHarness } from './store-harness.js';
import type { StoreModel } from './store-model-state.js';
import { T0 } from './store-samples.js';

export interface RealStore {
  store: Store;
  readonly harness: StoreHarness;
}
export type Command = FastCheck.AsyncCommand<StoreModel, RealStore>;

export const STREAMS = ['room', '@u', "o'%"];
export const USERS = ['u', 'v'];
export const THREADS = ['t1', "t'2"];
export const LATER = T0 + 100;

/** Id of the message of this number: what is scheduled differs by id from what is not. */
export const nameOf = (id: number): string => (id % 3 === 0 ? `s${id}` : `m${id}`);

/** A step that can be taken at any time, and is shown as `name(given)` in a counterexample. */
export function command(
  name: string,
  given: unknown,
  run: (model: StoreModel, real: RealStore) => Promise<void>,
): Command {
  return { check: () => true, run, toString: () => `${name}(${JSON.stringify(given)})` };
}
