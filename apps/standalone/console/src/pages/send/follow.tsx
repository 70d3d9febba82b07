import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { Explanation, Message, Published } from '../../api/types';
import { words } from '../../i18n/words';
import { address } from '../../state/route';
import { Link } from '../../ui/parts/link';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Id } from '../../ui/parts/show';
import { CountsStrip } from '../messages/counts-strip';
import { StateChip } from '../messages/message-table';
import { Timeline } from '../messages/timeline';
import '../messages/story.css';

const EVERY_MS = 1_000;
/** So long without a change, and it is left alone. */
const PATIENCE_MS = 60_000;
const ENDS = ['delivered', 'expired', 'recalled'];
const MOST_STORIES = 3;

interface Seen {
  readonly message: Message;
  readonly stories: readonly Explanation[];
}

interface FollowProps {
  readonly published: Published;
  readonly isSignal: boolean;
  readonly users: readonly string[];
}

/** What becomes of a message, as it happens: asked again every second until its end, or until nothing changes any more. */
export function Follow({ published, isSignal, users }: FollowProps) {
  const { send, story } = words.value;
  const [seen, setSeen] = useState<Seen>();
  const [error, setError] = useState<unknown>();
  const [isOver, setOver] = useState(isSignal);
  const section = useRef<HTMLElement>(null);
  // It stands above the button that was pressed; on a phone, below the form.
  useEffect(() => section.current?.scrollIntoView({ block: 'start' }), []);

  useEffect(() => {
    if (isSignal) return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = '';
    let changedAt = Date.now();
    async function look(): Promise<void> {
      if (document.visibilityState !== 'visible') return again();
      const message = await api.messages.read(published.id, stop.signal);
      const stories = await Promise.all(
        users.slice(0, MOST_STORIES).map((user) => api.messages.explain(published.id, user, stop.signal)),
      );
      if (stop.signal.aborted) return;
      const now = JSON.stringify([message.state, message.counts, stories]);
      if (now !== last) changedAt = Date.now();
      last = now;
      setSeen({ message, stories });
      setError(undefined);
      if (ENDS.includes(message.state) || Date.now() - changedAt > PATIENCE_MS) setOver(true);
      else again();
    }
    const failed = (thrown: unknown) => {
      if (!stop.signal.aborted) setError(thrown);
    };
    const again = (): void => {
      timer = setTimeout(() => void look().catch(failed), EVERY_MS);
    };
    look().catch(failed);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, []);

  const ended = seen !== undefined && ENDS.includes(seen.message.state);
  return (
    <section
      ref={section}
      class="follow"
      data-testid="follow"
      data-state={seen?.message.state}
      data-over={isOver ? '' : undefined}
    >
      <h2>{send.following}</h2>
      <p>
        <Id id={published.id} to={address('messages', published.id)} testId="sent-id" />
      </p>
      {published.duplicate && <p class="notice">{send.duplicate}</p>}
      {isSignal && <p class="notice">{send.signal}</p>}
      <ProblemNote error={error} />
      {seen !== undefined && (
        <>
          <p class="message-state" role="status">
            <StateChip state={seen.message.state} />
            <span>{ended ? send.ended : isOver ? send.stopped : send.waiting}</span>
          </p>
          <CountsStrip counts={seen.message.counts} />
          {seen.stories.map((explanation) => (
            <Timeline key={explanation.user} explanation={explanation} />
          ))}
        </>
      )}
      {!isSignal && (
        <p>
          <Link to={address('messages', published.id)} class="button button-small" testId="open-message">
            {users.length > 0 ? story.title : send.openIt}
          </Link>
        </p>
      )}
    </section>
  );
}
