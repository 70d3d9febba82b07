import type { Entry, EntryFilter, Message } from 'push-core';
import type { Row } from './sql-connection.js';

/** The columns of a message in the order of the contract; the last is `held_until`. */
export function messageFields(message: Message, held: boolean): unknown[] {
  return [
    message.tenant,
    message.id,
    message.type,
    message.thread ?? null,
    message.data ?? null,
    JSON.stringify(message.to),
    message.notification ? JSON.stringify(message.notification) : null,
    JSON.stringify(message.options),
    message.acceptedAt,
    message.expiresAt,
    message.dueAt ?? null,
    held ? (message.dueAt ?? message.acceptedAt) : null,
  ];
}

/** Retention counts from when a message joined its streams: a scheduled one is not old when it arrives. */
export const joinedAt = (message: Message): number => Math.max(message.acceptedAt, message.dueAt ?? 0);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export const toMessage = (row: Row): Message => ({
  ...withoutAudience(row),
  to: JSON.parse(row.audience as string) as Message['to'],
});

export function toEntry(row: Row): Entry {
  const message = withoutAudience(row);
  if (row.filter === null) return { seq: row.seq as number, message };
  return { seq: row.seq as number, message, filter: JSON.parse(row.filter as string) as EntryFilter };
}

function withoutAudience(row: Row): Entry['message'] {
  const message: Mutable<Entry['message']> = {
    tenant: row.tenant as string,
    id: row.id as string,
    type: row.type as string,
    options: row.options === '{}' ? {} : (JSON.parse(row.options as string) as Message['options']),
    acceptedAt: row.accepted_at as number,
    expiresAt: row.expires_at as number,
  };
  if (row.thread !== null) message.thread = row.thread as string;
  if (row.data !== null) message.data = row.data as string;
  if (row.notification !== null)
    message.notification = JSON.parse(row.notification as string) as Message['notification'];
  if (row.due_at !== null) message.dueAt = row.due_at as number;
  if (row.recalled_at !== null) message.recalledAt = row.recalled_at as number;
  return message;
}
