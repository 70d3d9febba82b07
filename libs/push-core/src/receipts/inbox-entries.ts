import type { Entry } from '../model/message.js';
import type { InboxEntry } from './inbox.js';

/** Entries as a host reads them. What was recalled is in nobody's inbox. */
export function inboxEntries(entries: readonly Entry[]): readonly InboxEntry[] {
  return entries
    .filter(({ message }) => message.recalledAt === undefined)
    .map(({ seq, message }) => ({
      seq,
      id: message.id,
      type: message.type,
      thread: message.thread,
      data: message.data === undefined ? undefined : (JSON.parse(message.data) as unknown),
      at: message.acceptedAt,
    }));
}
