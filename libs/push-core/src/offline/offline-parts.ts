import type { Events } from '../events.js';
import type { Hub } from '../online/hub.js';
import type { ResolvedOptions } from '../options.js';
import { OFFLINE } from './offline-job.js';
import type { OfflineParts } from './offline.js';

/** What notifications need of the engine. */
export function offlineParts(options: ResolvedOptions, hub: Hub, events: Events, isWorker: boolean): OfflineParts {
  const { store, clock, random, ids, plugins, life, limits } = options;
  return {
    store,
    clock,
    random,
    ids,
    events,
    plugins,
    tenants: hub.tenants,
    counters: hub.counters,
    owner: life,
    jobLeaseMs: limits.jobLeaseMs,
    cursorFlushMs: limits.cursorFlushMs,
    isWorker,
    written: () => Promise.all([hub.presence.flush(), hub.book.flush()]),
    tellWorkers: () => hub.tellOthers([{ kind: 'work', work: OFFLINE }]),
  };
}
