import type { Entry, EntryFilter, Message } from 'push-core';
import type { Row } from '../sql.js';

const parsed = <T>(value: unknown): T => JSON.parse(String(value)) as T;
const optional = <T>(value: unknown, read: (value: unknown) => T): T | undefined =>
  value === null || value === undefined ? undefined : read(value);

export const MESSAGE_COLUMNS = [
  'tenant',
  'id',
  'type',
  'thread',
  'data',
  'audience',
  'notification',
  'options',
  'accepted_at',
  'expires_at',
  'due_at',
  'held',
];

export function toMessage(row: Row): Message {
  return {
    tenant: String(row.tenant),
    id: String(row.id),
    type: String(row.type),
    thread: optional(row.thread, String),
    data: optional(row.data, String),
    to: parsed(row.audience),
    notification: optional(row.notification, parsed<NonNullable<Message['notification']>>),
    options: parsed(row.options),
    acceptedAt: Number(row.accepted_at),
    expiresAt: Number(row.expires_at),
    dueAt: optional(row.due_at, Number),
  };
}

export function toEntry(row: Row): Entry {
  return { seq: Number(row.seq), filter: optional(row.filter, parsed<EntryFilter>), message: toMessage(row) };
}
