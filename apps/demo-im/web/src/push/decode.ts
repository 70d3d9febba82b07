import type { Message, Room } from '../api/types';

/** What comes over the push stream is data of the application: looked at before it is believed. */
type Fields = Record<string, unknown>;

const fieldsOf = (data: unknown): Fields => (typeof data === 'object' && data !== null ? (data as Fields) : {});
const isText = (value: unknown): value is string => typeof value === 'string';
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter(isText) : []);

export function messageIn(data: unknown): Message | undefined {
  const { id, roomId, from, text, at, clientId, recalled, delivered, read, pushId } = fieldsOf(data);
  if (!isText(id) || !isText(roomId) || !isText(from) || typeof at !== 'number') return undefined;
  return {
    ...{ id, roomId, from, at },
    text: isText(text) ? text : '',
    clientId: isText(clientId) ? clientId : '',
    ...(recalled === true ? { recalled } : {}),
    delivered: texts(delivered),
    read: texts(read),
    pushId: isText(pushId) ? pushId : undefined,
  };
}

export function roomIn(data: unknown): Room | undefined {
  const { id, title, kind, members, unread, last } = fieldsOf(data);
  if (!isText(id)) return undefined;
  return {
    id,
    title: isText(title) ? title : undefined,
    kind: kind === 'group' ? 'group' : 'direct',
    members: texts(members),
    unread: typeof unread === 'number' ? unread : 0,
    last: messageIn(last),
  };
}

export function recalledIn(data: unknown): { id: string; roomId: string } | undefined {
  const { id, roomId } = fieldsOf(data);
  return isText(id) && isText(roomId) ? { id, roomId } : undefined;
}

export function typingFrom(data: unknown): { roomId: string; from: string } | undefined {
  const { roomId, from } = fieldsOf(data);
  return isText(roomId) && isText(from) ? { roomId, from } : undefined;
}

export interface Receipt {
  roomId: string;
  ids: ReadonlySet<string>;
  user: string;
  state: 'delivered' | 'read';
}

export function receiptIn(data: unknown): Receipt | undefined {
  const { roomId, messageIds, user, state } = fieldsOf(data);
  if (!isText(roomId) || !isText(user) || (state !== 'delivered' && state !== 'read')) return undefined;
  return { roomId, ids: new Set(texts(messageIds)), user, state };
}

export function presenceIn(data: unknown): { user: string; online: boolean; lastSeenAt?: number } | undefined {
  const { user, online, lastSeenAt } = fieldsOf(data);
  if (!isText(user)) return undefined;
  return { user, online: online === true, lastSeenAt: typeof lastSeenAt === 'number' ? lastSeenAt : undefined };
}
