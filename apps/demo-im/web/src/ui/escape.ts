import { isLabOpen } from '../lab/panel';
import { isPhone } from '../state/preferences';
import { closeRoom, openRoomId } from '../state/route';

/** Esc goes one step back: out of the lab where the focus is there (or it covers a phone), else out of the room. Dialogs see to themselves. */
export function escape(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return;
  const focused = document.activeElement;
  if (focused?.closest('dialog') != null) return;
  if (isLabOpen.value && (isPhone.value || focused?.closest('.lab') != null)) {
    isLabOpen.value = false;
    focusOn('[data-testid=lab-open]');
    return;
  }
  const roomId = openRoomId.value;
  if (roomId === undefined) return;
  closeRoom();
  focusOn(`[data-testid="room-${CSS.escape(roomId)}"]`);
}

/** After the page has been drawn anew. */
function focusOn(selector: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());
}
