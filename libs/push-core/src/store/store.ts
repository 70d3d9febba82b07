import type { AccessStore } from './access-store.js';
import type { CursorStore } from './cursor-store.js';
import type { DeviceStore } from './device-store.js';
import type { EraseStore } from './erase-store.js';
import type { JobStore } from './job-store.js';
import type { ListStore } from './list-store.js';
import type { MessageStore } from './message-store.js';
import type { NotificationStore } from './notification-store.js';
import type { PreferenceStore } from './preference-store.js';
import type { PresenceStore } from './presence-store.js';
import type { ReadStore } from './read-store.js';
import type { SettingStore } from './setting-store.js';
import type { TopicStore } from './topic-store.js';

/**
 * The truth. What a method has answered survives the death of any process (the memory store: of any engine on it).
 *
 * Errors: a PushError, `STORE_UNAVAILABLE` or `STORE_FULL` (both retryable) when the medium fails. A rejected write
 * either happened whole or not at all. After `close` every method rejects.
 */
export interface Store {
  readonly messages: MessageStore;
  readonly cursors: CursorStore;
  readonly devices: DeviceStore;
  readonly topics: TopicStore;
  readonly reads: ReadStore;
  readonly presence: PresenceStore;
  readonly access: AccessStore;
  readonly jobs: JobStore;
  readonly notifications: NotificationStore;
  readonly settings: SettingStore;
  readonly preferences: PreferenceStore;
  readonly erase: EraseStore;
  readonly lists: ListStore;
  /**
   * The time that all engines on this store agree on, Unix milliseconds: a database tells its own. A store that lives in
   * the engine's process has none of its own, and answers `now`.
   */
  time(now: number): Promise<number>;
  /** Prepares the medium (connects, migrates). Resolves when every method can be used. Idempotent. */
  open(): Promise<void>;
  /** Resolves when nothing is held any more. Idempotent. */
  close(): Promise<void>;
}
