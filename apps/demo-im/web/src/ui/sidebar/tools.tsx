import { words } from '../../i18n/words';
import { isPhone } from '../../state/preferences';
import { rooms } from '../../state/rooms';
import { closeRoom, openRoomId } from '../../state/route';
import { session } from '../../state/session';
import { endWebPush } from '../../webpush/opt-in';
import { Icon } from '../parts/icon';
import { IconButton } from '../parts/icon-button';
import { LabButton } from '../parts/lab-button';
import { LanguageButton, ThemeButton } from '../parts/look-buttons';
import { WebPushButton } from './web-push-button';
import './tools.css';

/** Logging out waits for nothing that the network might not answer. */
function logout(): void {
  void endWebPush();
  closeRoom();
  session.value = undefined;
}

export function Tools() {
  const { tools } = words.value;
  const isLabInChat = isPhone.value && rooms.value.has(openRoomId.value ?? '');
  return (
    <footer class="tools" role="group" aria-label={tools.group}>
      {!isLabInChat && <LabButton isWide />}
      <span class="tools-gap" />
      <WebPushButton />
      <LanguageButton />
      <ThemeButton />
      <IconButton label={tools.logout} testId="logout" onClick={logout}>
        <Icon name="out" />
      </IconButton>
    </footer>
  );
}
