import type { Room } from '../../api/types';
import { ago } from '../../i18n/times';
import { words } from '../../i18n/words';
import { notice } from '../../state/connection';
import { isPhone } from '../../state/preferences';
import { personOf } from '../../state/people';
import { othersIn } from '../../state/rooms';
import { closeRoom } from '../../state/route';
import { Icon } from '../parts/icon';
import { IconButton } from '../parts/icon-button';
import { LabButton } from '../parts/lab-button';
import { RoomAvatar } from '../parts/room-avatar';
import { titleOf } from '../parts/room-title';

export function ChatHeader({ room }: { room: Room }) {
  return (
    <header class="chat-head">
      {isPhone.value && (
        <IconButton label={words.value.chat.back} testId="back" onClick={closeRoom}>
          <Icon name="back" size={22} />
        </IconButton>
      )}
      <RoomAvatar room={room} size={40} />
      <div class="chat-head-words">
        <h2>{titleOf(room)}</h2>
        <Presence room={room} />
      </div>
      {isPhone.value && <LabButton />}
    </header>
  );
}

function Presence({ room }: { room: Room }) {
  const { chat } = words.value;
  // What was known of the others is not true any more, and there is nobody to ask.
  if (notice.value === 'offline' || notice.value === 'replaced') {
    return (
      <p class="chat-presence" data-testid="presence">
        {chat.unknown}
      </p>
    );
  }
  const others = othersIn(room).map(personOf);
  const online = others.filter((person) => person.online).length;
  if (room.kind === 'group') {
    return (
      <p class="chat-presence" data-testid="presence">
        {chat.members(room.members.length, online)}
      </p>
    );
  }
  const seenAt = others[0]?.lastSeenAt;
  const away = seenAt === undefined ? chat.offline : chat.lastSeen(ago(seenAt));
  return (
    <p class="chat-presence" data-testid="presence" data-online={online > 0}>
      {online > 0 ? chat.online : away}
    </p>
  );
}
