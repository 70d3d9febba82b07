import { api } from '../../api/calls';
import { reasonOf } from '../../api/request';
import type { Message } from '../../api/types';
import type { Line } from '../../chat/lines';
import { words } from '../../i18n/words';
import { explain } from '../../lab/panel';
import { amendLast } from '../../state/rooms';
import { markRecalled } from '../../state/threads';
import { say } from '../../state/toast';
import { Icon } from '../parts/icon';
import './actions.css';

interface Props {
  line: Line;
  message: Message;
  /** By Tab: only those of the active message, or there would be hundreds of stops. */
  isReachable: boolean;
}

/** What can be done with a message: beside it when pointed at, focused or tapped. */
export function Actions({ line, message, isReachable }: Props) {
  const { chat } = words.value;
  const tabIndex = isReachable ? 0 : -1;
  const canRecall = line.isMine && !line.isRecalled;
  return (
    <div class="actions" role="toolbar" aria-label={chat.actions}>
      <button
        type="button"
        title={chat.explain}
        aria-label={chat.explain}
        tabIndex={tabIndex}
        data-testid={`explain-${message.id}`}
        onClick={() => void explain(message)}
      >
        <Icon name="question" size={18} />
      </button>
      {canRecall && (
        <button
          type="button"
          title={chat.recall}
          aria-label={chat.recall}
          tabIndex={tabIndex}
          data-testid={`recall-${message.id}`}
          onClick={() => void recall(message)}
        >
          <Icon name="undo" size={18} />
        </button>
      )}
    </div>
  );
}

/** Not before the server has agreed: the others would go on seeing it. */
async function recall({ id, roomId }: Message): Promise<void> {
  try {
    await api.recall(id);
    markRecalled(roomId, id);
    amendLast(roomId, new Set([id]), { recalled: true });
  } catch (error) {
    say(words.value.chat.problem(reasonOf(error)));
  }
}
