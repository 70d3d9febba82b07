import type { Store } from '../../store/store.js';
import { accessConformance } from './access-conformance.js';
import { appendConformance } from './append-conformance.js';
import { cursorConformance } from './cursor-conformance.js';
import { deviceConformance } from './device-conformance.js';
import { idempotencyConformance } from './idempotency-conformance.js';
import { lifetimeConformance } from './lifetime-conformance.js';
import { presenceConformance } from './presence-conformance.js';
import { readConformance } from './read-conformance.js';
import { readMarkConformance } from './read-mark-conformance.js';
import { recallConformance } from './recall-conformance.js';
import { scheduleConformance } from './schedule-conformance.js';
import type { StoreChapter, StoreHarness } from './store-harness.js';
import type { SuiteRunner } from './suite-runner.js';
import { tenantConformance } from './tenant-conformance.js';
import { topicConformance } from './topic-conformance.js';
import { trimConformance } from './trim-conformance.js';
import { unreadConformance } from './unread-conformance.js';

/** Every promise of the store contracts, as tests. An implementation that passes can stand under the engine. */
export function storeConformance(runner: SuiteRunner, makeHarness: () => StoreHarness): void {
  let harness: StoreHarness;
  let store: Store;
  const chapter: StoreChapter = {
    runner,
    store: () => store,
    reopen: async () => (store = await harness.reopen(store)),
  };

  runner.describe('store conformance', () => {
    runner.beforeEach(async () => {
      harness = makeHarness();
      store = await harness.create();
    });
    runner.afterEach(() => harness.destroy());

    appendConformance(chapter);
    idempotencyConformance(chapter);
    scheduleConformance(chapter);
    readConformance(chapter);
    recallConformance(chapter);
    trimConformance(chapter);
    cursorConformance(chapter);
    readMarkConformance(chapter);
    unreadConformance(chapter);
    deviceConformance(chapter);
    presenceConformance(chapter);
    accessConformance(chapter);
    topicConformance(chapter);
    tenantConformance(chapter);
    lifetimeConformance(chapter);
  });
}
