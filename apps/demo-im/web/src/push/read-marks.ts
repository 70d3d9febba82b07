import { effect, untracked } from '@preact/signals';
import type { PushClient } from 'push-client';
import { readingRoomId } from '../state/reading';
import { rooms, setUnread, unreadAtOpening } from '../state/rooms';

const OWN = '@me';
let client: PushClient | undefined;
/** The newest entry of the own stream that this page has heard of. */
let highest = 0;

/** Read marks go out when a room comes into sight, when something new arrives in it, and after a time without connection. */
export function readWith(next: PushClient): void {
  client = next;
  highest = 0;
  next.on('connected', ({ streams }) => {
    highest = streams[OWN]?.head ?? 0;
    readOpenRoom();
  });
  next.on('message', ({ s, seq }) => {
    if (s === OWN) highest = Math.max(highest, seq);
  });
}

export function readOpenRoom(only?: string): void {
  const thread = readingRoomId();
  if (thread === undefined || (only !== undefined && only !== thread)) return;
  if (highest > 0) client?.markRead({ seq: highest, thread });
  setUnread(thread, 0);
}

effect(() => {
  const roomId = readingRoomId();
  if (roomId === undefined) return;
  untracked(() => {
    unreadAtOpening.value = { roomId, count: rooms.value.get(roomId)?.unread ?? 0 };
  });
  queueMicrotask(() => readOpenRoom());
});
