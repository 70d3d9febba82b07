import { FAN_OUT } from '../intake/spread.js';
import { PushError } from '../errors.js';
import type { Message } from '../model/message.js';
import { isTopic, userOf } from '../model/stream.js';
import type { Place } from '../store/message-store.js';
import { offlineRef, progressOf } from '../offline/offline-job.js';
import type { Store } from '../store/store.js';
import type { MessageCounts, MessageReport, MessageState } from './message-report.js';

/** A message's state, read off the cursors, so that it cannot disagree with what devices got. */
export async function reportMessage(store: Store, tenant: string, id: string, now: number): Promise<MessageReport> {
  const stored = await store.messages.find(tenant, id);
  if (!stored) throw new PushError('NOT_FOUND', 'There is no such message');
  const { message, places, held } = stored;
  const { thread } = message;
  const [fanOut, offline, [told], reached, readers] = await Promise.all([
    store.jobs.find({ tenant, kind: FAN_OUT, id }),
    store.jobs.find(offlineRef(message)),
    store.notifications.count(tenant, [id]),
    store.cursors.reached(tenant, places),
    store.reads.readers(
      tenant,
      places.map((place) => ({ ...place, thread })),
    ),
  ]);
  const delivered = reached.reduce((sum, count) => sum + count, 0);
  const left = fanOut ? fanOut.size - fanOut.position : 0;
  const recipients = left + (await countRecipients(store, message, places, delivered));
  const overdue = message.expiresAt <= now;
  const counts: MessageCounts = {
    recipients,
    delivered,
    notified: told?.notified ?? 0,
    read: readers.reduce((sum, count) => sum + count, 0),
    failed: told?.failed ?? 0,
    expired: overdue && !held ? recipients - delivered : 0,
  };
  const report = { message, state: stateOf(message, held, overdue, counts), counts };
  return {
    ...report,
    ...(fanOut && { fanOut: { done: fanOut.position, total: fanOut.size } }),
    ...(offline && { notifying: notifying(offline.payload) }),
  };
}

function notifying(payload: string): NonNullable<MessageReport['notifying']> {
  const { pass, done, left } = progressOf(payload);
  return { pass, done, left };
}

function stateOf(message: Message, held: boolean, overdue: boolean, counts: MessageCounts): MessageState {
  if (message.recalledAt !== undefined) return 'recalled';
  if (held) return 'scheduled';
  if (counts.recipients > 0 && counts.delivered >= counts.recipients) return 'delivered';
  return overdue ? 'expired' : 'stored';
}

async function countRecipients(
  store: Store,
  message: Message,
  places: readonly Place[],
  delivered: number,
): Promise<number> {
  let recipients = 0;
  for (const { stream } of places) {
    if (userOf(stream) !== undefined) recipients++;
    else if (isTopic(stream)) recipients += await store.topics.count(message.tenant, stream);
  }
  // Nobody keeps a list of everybody, and who follows a topic by token alone is not on its list: at least who got it.
  return Math.max(recipients, delivered);
}
