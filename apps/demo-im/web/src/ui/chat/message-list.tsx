import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { Room } from '../../api/types';
import { linesOf, type Line } from '../../chat/lines';
import { dayName } from '../../i18n/times';
import { words } from '../../i18n/words';
import { outbox } from '../../state/outbox';
import { othersIn, unreadAtOpening } from '../../state/rooms';
import { myId } from '../../state/session';
import { loadOlder, threadOf } from '../../state/threads';
import { Bubble } from './bubble';
import { RoomStart } from './room-start';
import { ToBottom } from './to-bottom';
import { useScroll } from './use-scroll';
import './message-list.css';

export function MessageList({ room }: { room: Room }) {
  const { messages, more, isLoaded } = threadOf(room.id).value;
  const waiting = outbox.value;
  const isLoading = useSignal(false);
  const active = useSignal('');
  const { chat } = words.value;
  const lines = useMemo(
    () =>
      linesOf(
        messages,
        waiting.filter(({ roomId }) => roomId === room.id),
        myId(),
        othersIn(room),
      ),
    [messages, waiting, room.members],
  );
  const firstUnread = useFirstUnread(room, lines, isLoaded);
  const { scroller, isAtBottom, below, scrolled, toBottom } = useScroll(lines, isLoaded, () => void older());

  async function older(): Promise<void> {
    if (isLoading.value || !more || !isLoaded) return;
    isLoading.value = true;
    await loadOlder(room.id).catch(() => undefined);
    isLoading.value = false;
  }

  /** One stop for Tab; arrows go from message to message. */
  function step(event: KeyboardEvent): void {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    const here = (document.activeElement as HTMLElement | null)?.closest('.line') ?? null;
    const to = event.key === 'ArrowUp' ? here?.previousElementSibling : here?.nextElementSibling;
    const next = to?.matches('.line') === false ? siblingOf(to, event.key) : to;
    if (next instanceof HTMLElement) next.focus();
    event.preventDefault();
  }

  const current = lines.some(({ key }) => key === active.value) ? active.value : lines.at(-1)?.key;
  return (
    <div class="messages-place">
      <div class="messages" ref={scroller} onScroll={scrolled} tabIndex={-1}>
        {isLoaded && !more && lines.length > 0 && <p class="messages-note">{chat.beginning}</p>}
        {more && isLoaded && <p class="messages-note">{chat.older}</p>}
        {isLoaded && lines.length === 0 && <RoomStart room={room} />}
        <ol aria-label={chat.messages} onKeyDown={step}>
          {lines.map((line) => [
            line.startsDay && (
              <li class="day" key={`day ${line.key}`}>
                <span>{dayName(line.at)}</span>
              </li>
            ),
            line.key === firstUnread && (
              <li class="unread-mark" data-unread-mark key="unread">
                <span>{chat.unreadHere}</span>
              </li>
            ),
            <Bubble
              key={line.key}
              line={line}
              isNamed={room.kind === 'group'}
              isActive={line.key === current}
              isChosen={line.key === active.value}
              onActivate={() => (active.value = line.key)}
            />,
          ])}
        </ol>
      </div>
      {!isAtBottom.value && <ToBottom below={below.value} onClick={() => toBottom('smooth')} />}
    </div>
  );
}

function siblingOf(element: Element, key: string): Element | null {
  return key === 'ArrowUp' ? element.previousElementSibling : element.nextElementSibling;
}

/** The message that the line "new messages" stands above, as it was when the room was opened. */
function useFirstUnread(room: Room, lines: readonly Line[], isLoaded: boolean): string | undefined {
  const found = useRef<{ key: string | undefined } | undefined>(undefined);
  if (found.current === undefined && isLoaded) {
    const opening = unreadAtOpening.peek();
    const count = opening?.roomId === room.id ? opening.count : 0;
    const theirs = lines.filter(({ isMine }) => !isMine);
    found.current = { key: count > 0 ? theirs.at(-Math.min(count, theirs.length))?.key : undefined };
  }
  return found.current?.key;
}
