import type { Person } from '../accounts/person.entity.js';
import type { Room } from '../rooms/room.entity.js';
import type { MessageView } from './message-view.js';

const SHOWN_CHARACTERS = 200;

/** What a phone shows of a message: who, where, and the beginning of what was said. */
export function notificationOf(sender: Person, room: Room, message: MessageView) {
  const title = room.kind === 'group' && room.title ? `${sender.displayName} · ${room.title}` : sender.displayName;
  const characters = [...message.text];
  const isLong = characters.length > SHOWN_CHARACTERS;
  const body = isLong ? `${characters.slice(0, SHOWN_CHARACTERS).join('')}…` : message.text;
  return { title, body, badge: 'auto' as const, category: 'im' };
}
