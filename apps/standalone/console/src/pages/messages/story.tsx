import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { Message } from '../../api/types';
import { words } from '../../i18n/words';
import { place, putQuery } from '../../state/route';
import { useLoad } from '../../state/use-load';
import { TextField } from '../../ui/parts/field';
import { Loading } from '../../ui/parts/list';
import { Section } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Timeline } from './timeline';
import './story.css';

const MOST = 24;

/** What became of a message for one recipient; who it was for is offered. */
export function Story({ message }: { message: Message }) {
  const { story } = words.value;
  const { to } = message;
  const named = [...new Set([...(to.users ?? []), ...(to.devices ?? []).map(({ user }) => user)])];
  const asked = place.value.query.get('user') ?? (named.length === 1 ? named[0] : undefined);
  const [typed, setTyped] = useState(asked ?? '');
  const told = useLoad(
    async (stop) => (asked === undefined ? undefined : api.messages.explain(message.id, asked, stop)),
    [asked, message],
  );
  const topic = named.length === 0 ? to.topics?.[0] : undefined;
  const subscribers = useLoad(
    async (stop) => (topic === undefined ? [] : (await api.topics.subscribers(topic, undefined, stop)).subscribers),
    [topic],
  );
  const offered =
    named.length > 0 ? named.slice(0, MOST) : (subscribers.value ?? []).slice(0, MOST).map(({ user }) => user);

  function ask(user: string): void {
    setTyped(user);
    putQuery({ user });
  }

  return (
    <Section title={story.title} lead={story.lead} testId="story">
      <form
        class="story-ask"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== '') ask(typed.trim());
        }}
      >
        <TextField label={story.user} value={typed} onValue={setTyped} isMono isSearch testId="story-user" />
        <button type="submit" class="button button-primary" data-testid="story-ask">
          {story.ask}
        </button>
        {offered.length > 1 && (
          <div
            class="story-offered"
            role="group"
            aria-label={topic === undefined ? story.whom : story.subscribersOf(topic)}
          >
            <small class="quiet">{topic === undefined ? story.whom : story.subscribersOf(topic)}</small>
            {offered.map((user) => (
              <button
                key={user}
                type="button"
                class="button button-small mono"
                aria-pressed={user === asked}
                data-testid={`story-of-${user}`}
                onClick={() => ask(user)}
              >
                <Plain text={user} />
              </button>
            ))}
          </div>
        )}
      </form>
      {asked === undefined ? (
        <p class="quiet">{story.choose}</p>
      ) : told.value === undefined ? (
        told.error ? (
          <ProblemNote error={told.error} again={told.reload} />
        ) : (
          <Loading />
        )
      ) : (
        <Timeline explanation={told.value} />
      )}
    </Section>
  );
}
