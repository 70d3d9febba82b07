import type { Audience, DeviceName } from './audience.js';
import type { Notification, PublishOptions } from './publish-input.js';

/** What was published; immutable once stored. */
export interface Message {
  readonly tenant: string;
  readonly id: string;
  readonly type: string;
  readonly thread?: string;
  /** JSON text, serialised once, whatever the number of recipients. Absent where the publisher gave none. */
  readonly data?: string;
  readonly to: Audience;
  readonly notification?: Notification;
  readonly options: PublishOptions;
  /** Unix milliseconds. */
  readonly acceptedAt: number;
  /** From then on it is announced as `skip` instead of being delivered. Unix milliseconds. */
  readonly expiresAt: number;
  /** Not before then; it joins its streams at that time. Unix milliseconds. */
  readonly dueAt?: number;
  /** Recalled then: it has no data any more and is announced as `skip`. Unix milliseconds. */
  readonly recalledAt?: number;
}

/** Who of a stream's followers an entry is for. Absent: all of them. */
export interface EntryFilter {
  /** Only these devices (of the stream's own user). */
  readonly only?: readonly string[];
  readonly exceptUsers?: readonly string[];
  readonly exceptDevices?: readonly DeviceName[];
}

/** A message's place in one stream. */
export interface Entry {
  readonly seq: number;
  /** Without its audience: that may be long, and is nothing a recipient is told. */
  readonly message: Omit<Message, 'to'>;
  readonly filter?: EntryFilter;
}

export function isFor(filter: EntryFilter, user: string, device: string): boolean {
  if (filter.only && !filter.only.includes(device)) return false;
  if (filter.exceptUsers?.includes(user)) return false;
  return !filter.exceptDevices?.some((one) => one.user === user && one.device === device);
}
