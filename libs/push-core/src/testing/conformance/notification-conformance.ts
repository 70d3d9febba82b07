import { notificationDecideConformance } from './notification-decide-conformance.js';
import { notificationEndConformance } from './notification-end-conformance.js';
import { notificationFindConformance } from './notification-find-conformance.js';
import { notificationSendConformance } from './notification-send-conformance.js';
import type { StoreChapter } from './store-harness.js';

/** The way of a notification: decided, sent, looked for, at its end. */
export function notificationConformance(chapter: StoreChapter): void {
  notificationDecideConformance(chapter);
  notificationSendConformance(chapter);
  notificationFindConformance(chapter);
  notificationEndConformance(chapter);
}
