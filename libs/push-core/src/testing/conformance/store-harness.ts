import type { Store } from '../../store/store.js';
import type { SuiteRunner } from './suite-runner.js';

/** How the suite gets at a store. One harness serves one test. */
export interface StoreHarness {
  /** An open store on an empty medium. */
  create(): Promise<Store>;
  /** Ends `store` and opens another on the same medium, as after a restart. */
  reopen(store: Store): Promise<Store>;
  /** Closes what is still open and removes the medium. */
  destroy(): Promise<void>;
}

/** What a chapter of the suite works with. */
export interface StoreChapter {
  readonly runner: SuiteRunner;
  /** The store of the running test. */
  readonly store: () => Store;
  readonly reopen: () => Promise<Store>;
}
