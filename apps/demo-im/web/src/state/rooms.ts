import { computed, signal } from '@preact/signals';
import { api } from '../api/calls';
import type { Message, Room } from '../api/types';
import { merged } from './merge';
import { isReading } from './reading';
import { myId } from './session';

export const rooms = signal<ReadonlyMap<string, Room>>(new Map());
/** False until the server has told the rooms once. */
export const areRoomsKnown = signal(false);

/** What was unread in a room when it was opened: where "new messages" begins. */
export const unreadAtOpening = signal<{ roomId: string; count: number } | undefined>(undefined);

export const sortedRooms = computed(() => [...rooms.value.values()].sort((a, b) => placeOf(b) - placeOf(a)));
export const totalUnread = computed(() => [...rooms.value.values()].reduce((sum, room) => sum + room.unread, 0));

export const othersIn = (room: Room): string[] => room.members.filter((member) => member !== myId());

/** Rooms in which nothing was said have no time of their own: they stay where the server lists them, and a new one comes first. */
const places = new Map<string, number>();
const placeOf = (room: Room): number => room.last?.at ?? places.get(room.id) ?? 0;

/** The server's word on all rooms. What the user is looking at is not unread, also where the server has not heard of it yet. */
export async function loadRooms(): Promise<void> {
  const all = await api.rooms();
  for (let index = all.length - 1, below = 0; index >= 0; index -= 1) {
    const room = all[index];
    if (room === undefined) continue;
    below = room.last?.at ?? below + 1;
    places.set(room.id, below);
  }
  rooms.value = new Map(all.map((room) => [room.id, isReading(room.id) ? { ...room, unread: 0 } : room]));
  areRoomsKnown.value = true;
}

export function putRoom(room: Room): void {
  const known = rooms.value.get(room.id);
  if (known === undefined) places.set(room.id, Date.now());
  rooms.value = new Map(rooms.value).set(room.id, { ...room, unread: known?.unread ?? room.unread });
}

export function setUnread(roomId: string, unread: number): void {
  const room = rooms.value.get(roomId);
  if (room === undefined || room.unread === unread) return;
  rooms.value = new Map(rooms.value).set(roomId, { ...room, unread });
}

/** A message has come. Answers whether its room is known. */
export function countMessage(message: Message): boolean {
  const room = rooms.value.get(message.roomId);
  if (room === undefined) return false;
  // Told by `loadRooms` already, which has counted everything up to its last message.
  const isNews = room.last === undefined || (message.at >= room.last.at && message.id !== room.last.id);
  if (!isNews) return true;
  const isUnread = message.from !== myId() && !isReading(room.id);
  rooms.value = new Map(rooms.value).set(room.id, { ...room, last: message, unread: room.unread + (isUnread ? 1 : 0) });
  return true;
}

/** What became of the message that a room's line shows. */
export function amendLast(roomId: string, ids: ReadonlySet<string>, change: Partial<Message>): void {
  const room = rooms.value.get(roomId);
  if (room?.last === undefined || !ids.has(room.last.id)) return;
  rooms.value = new Map(rooms.value).set(roomId, { ...room, last: merged(room.last, { ...room.last, ...change }) });
}
