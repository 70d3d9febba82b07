import type { Room } from '../../api/types';
import { words } from '../../i18n/words';
import { firstName } from '../../state/people';
import { othersIn } from '../../state/rooms';
import { RoomAvatar } from '../parts/room-avatar';
import { titleOf } from '../parts/room-title';
import './empty-chat.css';

/** A room in which nothing was said. */
export function RoomStart({ room }: { room: Room }) {
  const { chat } = words.value;
  const other = othersIn(room)[0];
  const name = room.kind === 'direct' && other !== undefined ? firstName(other) : titleOf(room);
  return (
    <div class="room-start">
      <RoomAvatar room={room} size={76} />
      <h3>{chat.sayHello(name)}</h3>
      <p>{chat.sayHelloHint}</p>
    </div>
  );
}
