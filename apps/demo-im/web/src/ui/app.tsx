import { announced } from '../chat/announce';
import { isLabOpen } from '../lab/panel';
import { notice } from '../state/connection';
import { isPhone } from '../state/preferences';
import { openRoomId } from '../state/route';
import { rooms } from '../state/rooms';
import { session } from '../state/session';
import { Banner } from './banner';
import { Chat } from './chat/chat';
import { EmptyChat } from './chat/empty-chat';
import { LabPanel } from './lab/lab-panel';
import { Login } from './login/login';
import { NewRoomDialog } from './sidebar/new-room-dialog';
import { Sidebar } from './sidebar/sidebar';
import { Toast } from './toast';
import './app.css';

export function App() {
  if (session.value === undefined) return <Login />;
  const room = openRoomId.value === undefined ? undefined : rooms.value.get(openRoomId.value);
  return (
    <div class="app" data-notice={notice.value} data-room={room !== undefined}>
      <Banner />
      <div class="app-panes">
        <Sidebar />
        <main class="app-main">
          {room === undefined ? !isPhone.value && <EmptyChat /> : <Chat key={room.id} room={room} />}
        </main>
        {isLabOpen.value && <LabPanel />}
      </div>
      <NewRoomDialog />
      <Toast />
      <div class="visually-hidden" role="status" aria-live="polite">
        {announced.value}
      </div>
    </div>
  );
}
