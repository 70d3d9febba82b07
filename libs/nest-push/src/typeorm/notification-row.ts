import type { NotificationRow, NotificationState } from 'push-core';
import type { Row } from './sql-connection.js';

/** The columns in the order of `notificationFields`; those of the name first. */
export const NOTIFICATION_COLUMNS = [
  'tenant',
  'message_id',
  'user',
  'device',
  'state',
  'due_at',
  'attempts',
  'unknown_attempts',
  'owner',
  'provider',
  'notification_id',
  'provider_id',
  'reason',
  'stream',
  'seq',
  'thread',
  'created_at',
  'updated_at',
  'shown_at',
  'opened_at',
  'retracted_at',
  'covers',
] as const;

/** So many of them are its name. */
export const NAME_FIELDS = 4;

/** What a vendor calls it, and why it failed, come from outside: no database takes a NUL or any length. */
const PROVIDER_ID_CHARACTERS = 512;
const REASON_CHARACTERS = 255;

/** As it is stored at `now`: with an owner only while it is being sent. */
export function notificationFields(row: NotificationRow, now: number): unknown[] {
  return [
    row.tenant,
    row.messageId,
    row.user,
    row.device,
    row.state,
    row.dueAt,
    row.attempts,
    row.unknown,
    row.state === 'sending' ? (row.owner ?? null) : null,
    row.provider ?? null,
    row.notificationId,
    storable(row.providerId, PROVIDER_ID_CHARACTERS),
    storableReason(row.reason),
    row.stream,
    row.seq,
    row.thread ?? null,
    row.createdAt,
    now,
    row.shownAt ?? null,
    row.openedAt ?? null,
    row.retractedAt ?? null,
    row.covers,
  ];
}

export const storableReason = (reason: string | undefined): string | null => storable(reason, REASON_CHARACTERS);

/** A provider's name of a notification as it is stored. */
export const storableProviderId = (id: string): string => storable(id, PROVIDER_ID_CHARACTERS) ?? '';

const storable = (text: string | undefined, most: number): string | null =>
  text === undefined ? null : text.replaceAll('\0', '').slice(0, most);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function toNotification(row: Row): NotificationRow {
  const told: Mutable<NotificationRow> = {
    tenant: row.tenant as string,
    messageId: row.message_id as string,
    user: row.user as string,
    device: row.device as string,
    state: row.state as NotificationState,
    dueAt: row.due_at as number,
    attempts: row.attempts as number,
    unknown: row.unknown_attempts as number,
    notificationId: row.notification_id as string,
    stream: row.stream as string,
    seq: row.seq as number,
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
    covers: row.covers as number,
  };
  if (row.owner !== null) told.owner = row.owner as string;
  if (row.provider !== null) told.provider = row.provider as string;
  if (row.provider_id !== null) told.providerId = row.provider_id as string;
  if (row.reason !== null) told.reason = row.reason as string;
  if (row.thread !== null) told.thread = row.thread as string;
  if (row.shown_at !== null) told.shownAt = row.shown_at as number;
  if (row.opened_at !== null) told.openedAt = row.opened_at as number;
  if (row.retracted_at !== null) told.retractedAt = row.retracted_at as number;
  return told;
}
