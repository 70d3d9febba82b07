import { signal } from '@preact/signals';

/** The open room is in the address: the browser's own back button leaves it, and a notification's click can name it. */
export const openRoomId = signal(roomIn(location.hash));

addEventListener('hashchange', () => (openRoomId.value = roomIn(location.hash)));

export const addressOf = (roomId: string): string => `#/rooms/${encodeURIComponent(roomId)}`;

export function openRoom(roomId: string): void {
  location.hash = addressOf(roomId);
  openRoomId.value = roomId;
}

export function closeRoom(): void {
  location.hash = '#/';
  openRoomId.value = undefined;
}

function roomIn(hash: string): string | undefined {
  const [, id] = /^#\/rooms\/([^/]+)$/.exec(hash) ?? [];
  try {
    return id === undefined ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}
