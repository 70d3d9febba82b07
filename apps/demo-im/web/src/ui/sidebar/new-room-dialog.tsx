import { signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { api } from '../../api/calls';
import { reasonOf } from '../../api/request';
import { words } from '../../i18n/words';
import { people } from '../../state/people';
import { openRoom } from '../../state/route';
import { putRoom } from '../../state/rooms';
import { myId } from '../../state/session';
import { say } from '../../state/toast';
import { PersonChoice } from './person-choice';
import './new-room-dialog.css';

export const isChoosing = signal(false);

const close = () => {
  isChoosing.value = false;
};

export function NewRoomDialog() {
  return isChoosing.value ? <Form /> : null;
}

function Form() {
  const dialog = useRef<HTMLDialogElement>(null);
  const chosen = useSignal<readonly string[]>([]);
  const title = useSignal('');
  const { newRoom, chat } = words.value;
  const others = [...people.value.values()].filter(({ id }) => id !== myId());
  const isGroup = chosen.value.length > 1;

  // A modal dialog of the browser: it keeps the focus, and Esc closes it.
  useEffect(() => dialog.current?.showModal(), []);

  function toggle(id: string): void {
    chosen.value = chosen.value.includes(id) ? chosen.value.filter((one) => one !== id) : [...chosen.value, id];
  }

  async function create(event: Event): Promise<void> {
    event.preventDefault();
    if (chosen.value.length === 0) return;
    try {
      const room = await api.newRoom(chosen.value, (isGroup && title.value.trim()) || undefined);
      putRoom(room);
      close();
      openRoom(room.id);
    } catch (error) {
      say(chat.problem(reasonOf(error)));
    }
  }

  return (
    <dialog ref={dialog} class="new-room" aria-labelledby="new-room-title" onClose={close}>
      <form onSubmit={(event) => void create(event)}>
        <h2 id="new-room-title">{newRoom.title}</h2>
        <p>{others.length === 0 ? newRoom.nobody : newRoom.who}</p>
        <ul class="new-room-people">
          {others.map(({ id }) => (
            <PersonChoice key={id} person={id} isChosen={chosen.value.includes(id)} onToggle={() => toggle(id)} />
          ))}
        </ul>
        {isGroup && (
          <label class="field">
            <span>{newRoom.group}</span>
            <input
              data-testid="new-room-title"
              value={title.value}
              maxLength={60}
              placeholder={newRoom.groupHint}
              onInput={(event) => (title.value = event.currentTarget.value)}
            />
          </label>
        )}
        <div class="new-room-buttons">
          <button type="button" class="button button-plain" onClick={close}>
            {newRoom.cancel}
          </button>
          <button
            type="submit"
            class="button button-primary"
            data-testid="new-room-create"
            disabled={chosen.value.length === 0}
          >
            {isGroup ? newRoom.createGroup(chosen.value.length + 1) : newRoom.create}
          </button>
        </div>
      </form>
    </dialog>
  );
}
