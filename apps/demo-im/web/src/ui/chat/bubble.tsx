import { useEffect, useRef } from 'preact/hooks';
import type { Line } from '../../chat/lines';
import { clock } from '../../i18n/times';
import { words } from '../../i18n/words';
import { firstName, personOf } from '../../state/people';
import { Avatar } from '../parts/avatar';
import { Ticks } from '../parts/ticks';
import { Actions } from './actions';
import { FailedNote } from './failed-note';
import { Text } from './text';
import './bubble.css';

interface Props {
  line: Line;
  /** Several people write here: whose it is has to be said. */
  isNamed: boolean;
  /** The one that Tab leads to. */
  isActive: boolean;
  /** Tapped or focused: its actions are shown. */
  isChosen: boolean;
  onActivate: () => void;
}

export function Bubble({ line, isNamed, isActive, isChosen, onActivate }: Props) {
  const { id, clientId, from, isMine, tick, isRecalled, isFirst, isLast, outgoing } = line;
  const hue = personOf(from).hue;
  const item = useRef<HTMLLIElement>(null);
  // Where its actions come below it, they may be out of sight.
  useEffect(() => {
    if (isChosen) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  return (
    <li
      ref={item}
      class="line"
      tabIndex={isActive ? 0 : -1}
      style={{ '--hue': `${hue}` }}
      data-testid={`message-${id}`}
      data-client-id={clientId}
      data-state={isMine ? tick : undefined}
      data-mine={isMine}
      data-first={isFirst}
      data-last={isLast}
      data-chosen={isChosen}
      data-recalled={isRecalled}
      data-failed={outgoing?.failed !== undefined}
      onFocus={onActivate}
      onClick={onActivate}
    >
      {isNamed && !isMine && <span class="line-avatar">{isLast && <Avatar person={from} size={30} />}</span>}
      <div class="bubble">
        {isNamed && !isMine && isFirst && <span class="bubble-name">{firstName(from)}</span>}
        <Words line={line} />
        <span class="bubble-foot">
          <time dateTime={new Date(line.at).toISOString()}>{clock(line.at)}</time>
          {isMine && !isRecalled && <Ticks tick={tick} />}
        </span>
      </div>
      {line.message !== undefined && <Actions line={line} message={line.message} isReachable={isActive} />}
      {outgoing?.failed !== undefined && <FailedNote outgoing={outgoing} reason={outgoing.failed} />}
    </li>
  );
}

function Words({ line: { text, isMine, isRecalled } }: { line: Line }) {
  const { chat } = words.value;
  if (isRecalled) return <span class="bubble-text">{isMine ? chat.recalledMine : chat.recalled}</span>;
  return (
    <span class="bubble-text" dir="auto">
      <Text text={text} />
    </span>
  );
}
