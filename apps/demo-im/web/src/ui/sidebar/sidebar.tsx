import { words } from '../../i18n/words';
import { myId, session } from '../../state/session';
import { Avatar } from '../parts/avatar';
import { Icon } from '../parts/icon';
import { StateChip } from '../parts/state-chip';
import { isChoosing } from './new-room-dialog';
import { RoomList } from './room-list';
import { Tools } from './tools';
import './sidebar.css';

export function Sidebar() {
  const { tools } = words.value;
  return (
    <aside class="sidebar" aria-label={words.value.rooms.title}>
      <header class="sidebar-head">
        <Avatar person={myId()} size={42} />
        <div class="sidebar-me">
          <h1>{session.value?.me.displayName}</h1>
          <StateChip />
        </div>
        <button
          type="button"
          class="sidebar-new"
          aria-label={tools.newRoom}
          title={tools.newRoom}
          data-testid="new-room"
          onClick={() => (isChoosing.value = true)}
        >
          <Icon name="pen" />
        </button>
      </header>
      <RoomList />
      <Tools />
    </aside>
  );
}
