import type { Room } from '../../api/types';
import { othersIn } from '../../state/rooms';
import { Avatar, GroupAvatar } from './avatar';
import { titleOf } from './room-title';

export function RoomAvatar({ room, size }: { room: Room; size: number }) {
  if (room.kind === 'group') return <GroupAvatar title={titleOf(room)} size={size} />;
  return <Avatar person={othersIn(room)[0] ?? room.members[0] ?? ''} size={size} dot />;
}
