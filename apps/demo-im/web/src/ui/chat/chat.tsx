import { useEffect } from 'preact/hooks';
import type { Room } from '../../api/types';
import { loadLatest } from '../../state/threads';
import { ChatHeader } from './chat-header';
import { Composer } from './composer';
import { MessageList } from './message-list';
import { TypingLine } from './typing-line';
import './chat.css';

/** One room. Mounted anew for each. */
export function Chat({ room }: { room: Room }) {
  // Where it fails, the next connection asks again.
  useEffect(() => void loadLatest(room.id).catch(() => undefined), [room.id]);
  return (
    <section class="chat">
      <ChatHeader room={room} />
      <MessageList room={room} />
      <TypingLine room={room} />
      <Composer room={room} />
    </section>
  );
}
