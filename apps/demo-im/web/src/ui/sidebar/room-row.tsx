import type { Room } from '../../api/types';
import { tickOf, type Tick } from '../../chat/lines';
import { shortTime } from '../../i18n/times';
import { words } from '../../i18n/words';
import { outbox } from '../../state/outbox';
import { firstName } from '../../state/people';
import { addressOf, openRoomId } from '../../state/route';
import { othersIn } from '../../state/rooms';
import { myId } from '../../state/session';
import { typingIn } from '../../state/typing';
import { titleOf } from '../parts/room-title';
import { RoomAvatar } from '../parts/room-avatar';
import { Ticks } from '../parts/ticks';
import './room-row.css';

export function RoomRow({ room }: { room: Room }) {
  const last = lastOf(room);
  const isOpen = openRoomId.value === room.id;
  return (
    <li>
      <a
        class="room-row"
        href={addressOf(room.id)}
        aria-current={isOpen ? 'true' : undefined}
        data-testid={`room-${room.id}`}
        data-unread={room.unread}
      >
        <RoomAvatar room={room} size={48} />
        <span class="room-row-title">{titleOf(room)}</span>
        <span class="room-row-time">{last === undefined ? '' : shortTime(last.at)}</span>
        <span class="room-row-last">
          {last?.tick !== undefined && typingIn(room.id).length === 0 && <Ticks tick={last.tick} />}
          <LastWords room={room} last={last} />
        </span>
        {room.unread > 0 && (
          <span
            class="room-row-unread"
            role="img"
            aria-label={words.value.rooms.unread(room.unread)}
            data-testid={`room-unread-${room.id}`}
          >
            {room.unread > 99 ? '99+' : room.unread}
          </span>
        )}
      </a>
    </li>
  );
}

interface Last {
  from: string;
  text: string;
  at: number;
  isRecalled: boolean;
  tick?: Tick;
}

function LastWords({ room, last }: { room: Room; last: Last | undefined }) {
  const { rooms, chat } = words.value;
  const writers = typingIn(room.id);
  const [writer] = writers;
  if (writer !== undefined) {
    const who = room.kind === 'direct' ? chat.typing : chat.typingOne(firstName(writer));
    return <span class="room-row-typing">{writers.length > 1 ? chat.typingMany(writers.length) : who}</span>;
  }
  if (last === undefined) return <span class="room-row-text room-row-quiet">{rooms.nothingYet}</span>;
  const who = last.from === myId() ? rooms.you : firstName(last.from);
  const isNamed = room.kind === 'group' && last.tick === undefined;
  return (
    <span class={last.isRecalled ? 'room-row-text room-row-quiet' : 'room-row-text'}>
      {isNamed && `${who}: `}
      {last.isRecalled ? rooms.recalled : last.text}
    </span>
  );
}

/** What waits here is newer than what the server has. */
function lastOf(room: Room): Last | undefined {
  const waiting = outbox.value.findLast(({ roomId }) => roomId === room.id);
  if (waiting !== undefined) return { ...waiting, from: myId(), isRecalled: false, tick: 'pending' };
  if (room.last === undefined) return undefined;
  const { from, text, at, recalled } = room.last;
  const isRecalled = recalled === true;
  const tick = from === myId() && !isRecalled ? tickOf(room.last, othersIn(room)) : undefined;
  return { from, text, at, isRecalled, tick };
}
