import type { Entry, EntryFilter, Message } from '../model/message.js';

/** An entry ready to be sent: all that does not depend on the stream's name is encoded already. */
export interface HotEntry {
  readonly seq: number;
  readonly expiresAt: number;
  readonly filter?: EntryFilter;
  /** The end of the push object, from `,"id":` on. */
  readonly tail: string;
  /** When it was accepted, Unix milliseconds. */
  readonly at: number;
  readonly recalled?: boolean;
  /** W3C `traceparent` of what brought it here. */
  readonly trace?: string;
}

/** The part of a push object that is the same for every stream and recipient. Made once a message. */
export function pushTail(message: Omit<Message, 'to'>): string {
  const thread = message.thread === undefined ? '' : `,"thread":${JSON.stringify(message.thread)}`;
  const data = message.data === undefined ? '' : `,"data":${message.data}`;
  return `,"id":${JSON.stringify(message.id)},"type":${JSON.stringify(message.type)}${thread}${data},"at":${message.acceptedAt}}`;
}

export const toHotEntry = (entry: Entry, tail = pushTail(entry.message)): HotEntry => ({
  seq: entry.seq,
  expiresAt: entry.message.expiresAt,
  filter: entry.filter,
  tail,
  at: entry.message.acceptedAt,
  recalled: entry.message.recalledAt !== undefined,
});
