import type { Store } from '../../store/store.js';
import { accessConformance } from './access-conformance.js';
import { appendConformance } from './append-conformance.js';
import { concurrencyConformance } from './concurrency-conformance.js';
import { cursorConformance } from './cursor-conformance.js';
import { deviceConformance } from './device-conformance.js';
import { directoryConformance } from './directory-conformance.js';
import { eraseConformance } from './erase-conformance.js';
import { idempotencyConformance } from './idempotency-conformance.js';
import { jobConformance } from './job-conformance.js';
import { lifetimeConformance } from './lifetime-conformance.js';
import { listConformance } from './list-conformance.js';
import { notificationConformance } from './notification-conformance.js';
import { pageConformance } from './page-conformance.js';
import { placeConformance } from './place-conformance.js';
import { preferenceConformance } from './preference-conformance.js';
import { presenceConformance } from './presence-conformance.js';
import { readConformance } from './read-conformance.js';
import { readMarkConformance } from './read-mark-conformance.js';
import { recallConformance } from './recall-conformance.js';
import { scheduleConformance } from './schedule-conformance.js';
import { settingConformance } from './setting-conformance.js';
import type { StoreChapter, StoreHarness } from './store-harness.js';
import type { SuiteRunner } from './suite-runner.js';
import { takeConformance } from './take-conformance.js';
import { tenantConformance } from './tenant-conformance.js';
import { tokenConformance } from './token-conformance.js';
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
    jobConformance(chapter);
    takeConformance(chapter);
    pageConformance(chapter);
    concurrencyConformance(chapter);
    readConformance(chapter);
    placeConformance(chapter);
    recallConformance(chapter);
    trimConformance(chapter);
    cursorConformance(chapter);
    readMarkConformance(chapter);
    unreadConformance(chapter);
    deviceConformance(chapter);
    tokenConformance(chapter);
    presenceConformance(chapter);
    directoryConformance(chapter);
    accessConformance(chapter);
    topicConformance(chapter);
    notificationConformance(chapter);
    settingConformance(chapter);
    preferenceConformance(chapter);
    eraseConformance(chapter);
    listConformance(chapter);
    tenantConformance(chapter);
    lifetimeConformance(chapter);
  });
}
