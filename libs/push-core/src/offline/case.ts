import { createHash } from 'node:crypto';
import type { EntryFilter, Message } from '../model/message.js';
import type { Device } from '../model/device.js';
import type { Place } from '../store/message-store.js';
import type { NotificationKey, NotificationRow } from '../store/notification-store.js';
import type { Preferences } from '../policy/preferences.js';

/** A message and one user it is for: what has to be decided about. */
export interface Case {
  readonly message: Message;
  readonly place: Place;
  readonly filter?: EntryFilter;
  readonly user: string;
  /** A row that is taken up again. Absent: the first time, and about all of the user's devices. */
  readonly row?: NotificationRow;
}

/** What a case is decided on. */
export interface Facts {
  /** Devices it is for that acknowledged it. */
  readonly acknowledgedBy: readonly string[];
  readonly isRead: boolean;
  readonly isConnected: boolean;
  /** Devices that are connected now. */
  readonly connected: ReadonlySet<string>;
  readonly devices: readonly Device[];
  readonly preferences: Preferences;
}

export const caseKey = ({ message, user }: Pick<Case, 'message' | 'user'>): string =>
  `${message.tenant} ${message.id} ${user}`;

/** The same at every attempt, on every node: a provider that knows it already shows nothing twice. A UUID (version 8). */
export const notificationId = (key: NotificationKey): string => uuidOf('notification', key);

export const retractionId = (key: NotificationKey): string => uuidOf('retraction', key);

function uuidOf(what: string, { tenant, messageId, user, device }: NotificationKey): string {
  const hash = createHash('sha256').update(`${what} ${tenant} ${messageId} ${user} ${device}`).digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x80;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
