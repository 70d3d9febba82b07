import type { Events } from '../events.js';
import type { CommitQueue } from '../intake/commit-queue.js';
import type { Hub } from '../online/hub.js';
import type { ResolvedOptions } from '../options.js';
import { ERASE_USER } from './erase-job.js';
import { EraseWorker } from './erase-worker.js';
import { Eraser } from './eraser.js';

/** Beside what is known, nodes need so long for what they have in hand. */
const SETTLE_MS = 1000;

export interface Erasing {
  readonly eraser: Eraser;
  readonly worker: EraseWorker;
}

/** The eraser and its worker, as an engine has them. */
export function erasingOf(options: ResolvedOptions, hub: Hub, events: Events, queue: CommitQueue): Erasing {
  const { store, clock, ids, limits, clustered, life, roles } = options;
  const aWhile = () => new Promise<void>((resolve) => clock.after(SETTLE_MS, resolve));
  const eraser = new Eraser({
    store,
    clock,
    ids,
    settleMs: clustered ? limits.revocationPollMs + limits.cursorFlushMs + SETTLE_MS : 0,
    showOut: ({ tenant, user }, at) => {
      if (user === undefined) return hub.showOut([tenant]);
      hub.revoked(tenant, user, at);
      hub.tellOthers([{ kind: 'revoked', tenant, user, at }]);
    },
    // Publishes that were under way count as accepted before; under load there are always some.
    written: () => Promise.all([hub.written(), Promise.race([queue.settled(), aWhile()])]),
    tellWorkers: () => {
      if (roles.has('worker')) worker.nudge();
      else hub.tellOthers([{ kind: 'work', work: ERASE_USER }]);
    },
  });
  const worker = new EraseWorker(eraser, store, clock, events, life, limits);
  return { eraser, worker };
}
