import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Room } from '../../api/types';
import { sayTyping, stopTyping } from '../../chat/say-typing';
import { send } from '../../chat/send';
import { words } from '../../i18n/words';
import { draftIn, keepDraft } from '../../state/drafts';
import { isPhone } from '../../state/preferences';
import { Icon } from '../parts/icon';
import './composer.css';

const LONGEST = 4_000;

export function Composer({ room }: { room: Room }) {
  const text = useSignal(draftIn(room.id));
  const area = useRef<HTMLTextAreaElement>(null);
  const { chat } = words.value;

  // On a phone that would bring up the keyboard before anybody has read anything.
  useEffect(() => {
    if (!isPhone.peek()) area.current?.focus();
  }, []);

  useLayoutEffect(() => {
    if (area.current === null) return;
    area.current.style.height = 'auto';
    area.current.style.height = `${area.current.scrollHeight + 2}px`;
  }, [text.value]);

  function write(next: string): void {
    text.value = next;
    keepDraft(room.id, next);
    if (next.trim() !== '') sayTyping(room.id);
  }

  function submit(event?: Event): void {
    event?.preventDefault();
    const ready = text.value.trim();
    if (ready === '') return;
    send(room.id, ready);
    stopTyping(room.id);
    write('');
    area.current?.focus();
  }

  /** Enter that chooses a word of an input method sends nothing. */
  function key(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
  }

  return (
    <form class="composer" onSubmit={submit}>
      <textarea
        ref={area}
        rows={1}
        value={text.value}
        maxLength={LONGEST}
        placeholder={chat.write}
        aria-label={chat.write}
        enterkeyhint="send"
        data-testid="composer"
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={key}
      />
      <button
        type="submit"
        class="composer-send"
        aria-label={chat.send}
        title={chat.send}
        disabled={text.value.trim() === ''}
        data-testid="send"
      >
        <Icon name="send" size={22} />
      </button>
    </form>
  );
}
