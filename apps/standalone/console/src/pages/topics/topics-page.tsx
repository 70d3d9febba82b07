import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { TopicLine } from '../../api/types';
import { number } from '../../i18n/numbers';
import { words } from '../../i18n/words';
import { address, place, putQuery } from '../../state/route';
import { usePages } from '../../state/use-pages';
import { TextField } from '../../ui/parts/field';
import { Link } from '../../ui/parts/link';
import { PagedTable } from '../../ui/parts/list';
import { Empty, Page } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { curlOf } from '../send/curl';

export function TopicsPage() {
  const { topics, act } = words.value;
  const prefix = place.value.query.get('prefix') ?? '';
  const [typed, setTyped] = useState(prefix);
  const pages = usePages<TopicLine, string>(
    async (after, stop) => {
      const answer = await api.topics.list(prefix, after, stop);
      return { items: answer.topics, next: answer.next };
    },
    [prefix],
  );
  return (
    <Page title={topics.title} lead={topics.lead}>
      <form
        class="filters"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          putQuery({ prefix: typed.trim() });
        }}
      >
        <TextField label={topics.prefix} value={typed} onValue={setTyped} isSearch isMono testId="prefix" />
        <div class="buttons">
          <button type="submit" class="button button-primary">
            {act.find}
          </button>
          {typed.trim() !== '' && (
            <Link to={address('topics', typed.trim())} class="button button-bare">
              {words.value.palette.openTopic(typed.trim())}
            </Link>
          )}
        </div>
      </form>
      <PagedTable
        label={topics.title}
        pages={pages}
        keyOf={({ topic }) => topic}
        testId="topics"
        columns={[
          {
            head: topics.columns.topic,
            as: 'lead',
            cell: ({ topic }) => (
              <Link to={address('topics', topic)} class="mark mono">
                <Plain text={topic} />
              </Link>
            ),
          },
          { head: topics.columns.subscribers, as: 'number', cell: ({ subscribers }) => number(subscribers) },
          { head: topics.columns.head, as: 'number', cell: ({ head }) => number(head) },
        ]}
        empty={
          prefix === '' ? (
            <Empty
              title={topics.empty}
              lead={topics.emptyLead}
              code={curlOf(undefined, { path: '/v1/topics/news/subscribers/ann', method: 'PUT' })}
            />
          ) : (
            <Empty title={topics.emptyPrefix} lead={words.value.users.emptyPrefixLead} />
          )
        }
      />
    </Page>
  );
}
