import { sendAgain } from '../../chat/send';
import { words } from '../../i18n/words';
import { dropOutgoing, type Outgoing } from '../../state/outbox';

/** The server said no: what happens with the text is for its author to say. */
export function FailedNote({ outgoing, reason }: { outgoing: Outgoing; reason: string }) {
  const { chat } = words.value;
  return (
    <div class="failed-note" role="alert">
      <span>{chat.failed(reason)}</span>
      <button type="button" class="button button-text" data-testid="retry" onClick={() => sendAgain(outgoing)}>
        {chat.again}
      </button>
      <button type="button" class="button button-text" onClick={() => dropOutgoing(outgoing.clientId)}>
        {chat.discard}
      </button>
    </div>
  );
}
