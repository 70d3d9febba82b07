import type { Room } from '../../api/types';
import { firstName, personOf } from '../../state/people';
import { othersIn } from '../../state/rooms';

/** A group without a name is called by who is in it. */
export function titleOf(room: Room): string {
  const others = othersIn(room);
  if (room.kind === 'direct') return personOf(others[0] ?? room.members[0] ?? '').displayName;
  return room.title ?? others.map(firstName).join(', ');
}
