import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { Subscriber } from '../../api/types';
import { words } from '../../i18n/words';
import { address } from '../../state/route';
import { mayPublish } from '../../state/session';
import { say } from '../../state/toast';
import { useAction } from '../../state/use-action';
import { usePages } from '../../state/use-pages';
import { TextField } from '../../ui/parts/field';
import { Link } from '../../ui/parts/link';
import { PagedTable } from '../../ui/parts/list';
import { Empty, Page, Section } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';
import { When } from '../../ui/parts/show';

export function TopicPage({ topic }: { topic: string }) {
  const { topics, users, act, shell } = words.value;
  const [typed, setTyped] = useState('');
  const pages = usePages<Subscriber, string>(
    async (after, stop) => {
      const answer = await api.topics.subscribers(topic, after, stop);
      return { items: answer.subscribers, next: answer.next };
    },
    [topic],
  );
  const named = [...new Set(typed.split(/[\s,]+/).filter(Boolean))];
  const add = useAction(async () => {
    const { added } = await api.topics.subscribe(topic, named);
    say(topics.added(added.length), 'good');
    setTyped('');
    pages.reload();
  });
  const remove = useAction(async (user: string) => {
    await api.topics.unsubscribe(topic, user);
    say(topics.removed(user));
    pages.reload();
  });
  return (
    <Page
      title={
        <span class="mono">
          <Plain text={topic} />
        </span>
      }
      name={topic}
      crumb={{ to: address('topics'), text: topics.title }}
      actions={
        <>
          <Link to={`${address('messages')}?topic=${encodeURIComponent(topic)}`} class="button">
            {shell.pages.messages}
          </Link>
          {mayPublish.value && (
            <Link to={`${address('send')}?topic=${encodeURIComponent(topic)}`} class="button">
              {topics.sendTo}
            </Link>
          )}
        </>
      }
    >
      <Section title={topics.subscribersTitle}>
        {mayPublish.value && (
          <form
            class="filters"
            onSubmit={(event) => {
              event.preventDefault();
              if (named.length > 0) void add.run();
            }}
          >
            <TextField label={topics.addLabel} value={typed} onValue={setTyped} isMono testId="add-subscribers" />
            <div class="buttons">
              <button
                type="submit"
                class="button button-primary"
                data-testid="add"
                disabled={add.isBusy || named.length === 0}
              >
                {act.add}
              </button>
            </div>
          </form>
        )}
        <ProblemNote error={add.problem ?? remove.problem} />
        <PagedTable
          label={topics.subscribersTitle}
          pages={pages}
          keyOf={({ user }) => user}
          testId="subscribers"
          columns={[
            {
              head: users.columns.user,
              as: 'lead',
              cell: ({ user }) => (
                <Link to={address('users', user)} class="mono">
                  <Plain text={user} />
                </Link>
              ),
            },
            { head: topics.subscribedAt, as: 'side', cell: ({ subscribedAt }) => <When at={subscribedAt} /> },
            mayPublish.value && {
              head: act.remove,
              as: 'actions',
              cell: ({ user }) => (
                <button
                  type="button"
                  class="button button-small button-bare"
                  disabled={remove.isBusy}
                  onClick={() => void remove.run(user)}
                >
                  {act.remove}
                </button>
              ),
            },
          ]}
          empty={<Empty title={topics.noSubscribers} lead={topics.noSubscribersLead} />}
        />
      </Section>
    </Page>
  );
}
