import type { ReasonCode } from '../receipts/reasons.js';
import type { NotificationRow } from '../store/notification-store.js';
import { notificationId } from './case.js';
import type { Judgement } from './judge.js';

/** The row a judgement comes to: a new one, or the one that was taken up again. `leaseUntil`: its send is over by then. */
export function rowOf(judged: Judgement, now: number, leaseUntil: number, owner: string): NotificationRow {
  const { case: one, device, verdict, covers } = judged;
  const { message, place, user } = one;
  const key = { tenant: message.tenant, messageId: message.id, user, device };
  const known: NotificationRow = one.row ?? {
    ...key,
    state: 'sending',
    dueAt: now,
    attempts: 1,
    unknown: 0,
    notificationId: notificationId(key),
    stream: place.stream,
    seq: place.seq,
    thread: message.thread,
    createdAt: now,
    updatedAt: now,
    covers,
  };
  const row: NotificationRow = { ...known, covers: Math.max(known.covers, covers), updatedAt: now };
  switch (verdict.kind) {
    case 'send':
      return { ...row, state: 'sending', dueAt: leaseUntil, owner };
    case 'delay':
      // It was not sent: it costs no attempt.
      return {
        ...row,
        state: 'waiting',
        dueAt: verdict.until,
        reason: verdict.reason,
        attempts: row.attempts - 1,
        owner: undefined,
      };
    case 'suppress':
      return { ...row, state: 'suppressed', reason: verdict.reason, attempts: row.attempts - 1, owner: undefined };
    case 'again':
      return { ...row, state: 'waiting', dueAt: verdict.until, reason: verdict.reason, owner: undefined };
    case 'give_up':
      return { ...row, state: 'dead', reason: verdict.reason, owner: undefined };
    case 'cancel':
      return { ...row, state: 'cancelled', reason: verdict.reason, attempts: row.attempts - 1, owner: undefined };
  }
}

/** Its process ended while it was on its way, perhaps because of it. Where it was a provider that did not answer, the row says so. */
export const isSuspect = ({ unknown, reason }: NotificationRow): boolean =>
  unknown > 0 && reason !== ('unknown_after_write' satisfies ReasonCode);
