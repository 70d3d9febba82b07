import { PushError } from '../../errors.js';
import { createIds, type Ids } from '../../ids/ids.js';
import type { Store } from '../store.js';
import { MemoryAccess } from './memory-access.js';
import { MemoryCursors } from './memory-cursors.js';
import { createMemoryData, type MemoryData } from './memory-data.js';
import { MemoryDevices } from './memory-devices.js';
import { MemoryErase } from './memory-erase.js';
import { MemoryJobs } from './memory-jobs.js';
import { MemoryLists } from './memory-lists.js';
import { MemoryMessages } from './memory-messages.js';
import { MemoryNotifications } from './memory-notifications.js';
import { MemoryPreferences } from './memory-preferences.js';
import { MemoryPresence } from './memory-presence.js';
import { MemoryReads } from './memory-reads.js';
import { MemorySettings } from './memory-settings.js';
import { MemoryTopics } from './memory-topics.js';

export interface MemoryStoreOptions {
  /** Names this life of the streams. Default: random. */
  readonly epoch?: string;
  /** Where the default epoch comes from. Default: random. */
  readonly ids?: Pick<Ids, 'epoch'>;
  /** Another memory store's `data`: both see the same messages, as two nodes on one database do. */
  readonly data?: MemoryData;
}

export interface MemoryStore extends Store {
  /** Outlives `close`, and the engine. */
  readonly data: MemoryData;
}

/** Keeps everything in this process. `close` forgets nothing: `open` again continues where it was. */
export function createMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const data = options.data ?? createMemoryData(options.epoch ?? (options.ids ?? createIds()).epoch());
  let isOpen = false;
  const check = () => {
    if (!isOpen) throw new PushError('STORE_UNAVAILABLE', 'The memory store is not open');
  };
  return {
    data,
    messages: new MemoryMessages(data, check),
    cursors: new MemoryCursors(data, check),
    devices: new MemoryDevices(data, check),
    topics: new MemoryTopics(data, check),
    reads: new MemoryReads(data, check),
    presence: new MemoryPresence(data, check),
    access: new MemoryAccess(data, check),
    jobs: new MemoryJobs(data, check),
    notifications: new MemoryNotifications(data, check),
    settings: new MemorySettings(data, check),
    preferences: new MemoryPreferences(data, check),
    erase: new MemoryErase(data, check),
    lists: new MemoryLists(data, check),
    time: async (now) => {
      check();
      return now;
    },
    open: async () => void (isOpen = true),
    close: async () => void (isOpen = false),
  };
}
