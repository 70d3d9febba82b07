import type { UserRef } from '../../model/device.js';
import { streamKey } from '../../model/stream.js';
import type { NotificationKey, NotificationRow } from '../notification-store.js';
import { byCodePoint } from './code-point-order.js';
import { entryOf } from './entry-of.js';

/** One notification, in all the places it is looked for. */
export interface NotificationRecord {
  row: NotificationRow;
}

interface MessageRows {
  /** By user and device. */
  readonly byKey: Map<string, NotificationRecord>;
  /** By user and device, until one comes or goes. */
  sorted?: readonly NotificationRecord[];
}

/** Rows by their key, and where else they are to be found by: message, user, name at the provider, state. */
export class NotificationTable {
  /** `waiting` or `sending`. */
  readonly open = new Set<NotificationRecord>();
  private readonly messages = new Map<string, MessageRows>();
  private readonly users = new Map<string, Set<NotificationRecord>>();
  /** By tenant, provider and name. */
  private readonly names = new Map<string, NotificationRecord>();
  /** By tenant. */
  private readonly dead = new Map<string, Set<NotificationRecord>>();

  get({ tenant, messageId, user, device }: NotificationKey): NotificationRecord | undefined {
    return this.messages.get(streamKey(tenant, messageId))?.byKey.get(`${user} ${device}`);
  }

  /** There is none of its key. */
  add(row: NotificationRow): void {
    const record = { row };
    const message = entryOf(this.messages, streamKey(row.tenant, row.messageId), newMessage);
    message.byKey.set(`${row.user} ${row.device}`, record);
    message.sorted = undefined;
    entryOf(this.users, streamKey(row.tenant, row.user), newSet).add(record);
    this.file(record);
  }

  replace(record: NotificationRecord, row: NotificationRow): void {
    this.takeOut(record);
    record.row = row;
    this.file(record);
  }

  remove(record: NotificationRecord): void {
    const { tenant, messageId, user, device } = record.row;
    this.takeOut(record);
    this.users.get(streamKey(tenant, user))?.delete(record);
    const message = this.messages.get(streamKey(tenant, messageId));
    if (!message) return;
    message.byKey.delete(`${user} ${device}`);
    message.sorted = undefined;
    if (message.byKey.size === 0) this.messages.delete(streamKey(tenant, messageId));
  }

  /** By user and device. */
  ofMessage(tenant: string, messageId: string): readonly NotificationRecord[] {
    const message = this.messages.get(streamKey(tenant, messageId));
    if (!message) return [];
    return (message.sorted ??= [...message.byKey.values()].sort((a, b) => byUser(a.row, b.row)));
  }

  ofUser({ tenant, user }: UserRef): readonly NotificationRow[] {
    return [...(this.users.get(streamKey(tenant, user)) ?? [])].map(({ row }) => row);
  }

  named(tenant: string, provider: string, name: string): NotificationRow | undefined {
    return this.names.get(`${tenant} ${provider} ${name}`)?.row;
  }

  deadOf(tenant: string): readonly NotificationRecord[] {
    return [...(this.dead.get(tenant) ?? [])];
  }

  *all(): Iterable<NotificationRecord> {
    for (const { byKey } of this.messages.values()) yield* byKey.values();
  }

  private file(record: NotificationRecord): void {
    const { row } = record;
    for (const name of namesOf(row)) this.names.set(name, record);
    if (row.state === 'waiting' || row.state === 'sending') this.open.add(record);
    if (row.state === 'dead') entryOf(this.dead, row.tenant, newSet).add(record);
  }

  private takeOut(record: NotificationRecord): void {
    for (const name of namesOf(record.row)) if (this.names.get(name) === record) this.names.delete(name);
    this.open.delete(record);
    this.dead.get(record.row.tenant)?.delete(record);
  }
}

/** By user, then by device. */
export function byUser(a: { user: string; device: string }, b: { user: string; device: string }): number {
  return byCodePoint(a.user, b.user) || byCodePoint(a.device, b.device);
}

function namesOf({ tenant, provider, notificationId, providerId }: NotificationRow): string[] {
  if (provider === undefined) return [];
  const names = providerId === undefined ? [notificationId] : [notificationId, providerId];
  return names.map((name) => `${tenant} ${provider} ${name}`);
}

const newMessage = (): MessageRows => ({ byKey: new Map() });
const newSet = () => new Set<NotificationRecord>();
