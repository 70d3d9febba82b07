import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { MessageLine } from '../../api/types';
import { words } from '../../i18n/words';
import { address, go, place, putQuery } from '../../state/route';
import { usePages } from '../../state/use-pages';
import { TextField } from '../../ui/parts/field';
import { PagedTable } from '../../ui/parts/list';
import { Empty, Page } from '../../ui/parts/page';
import { curlOf } from '../send/curl';
import { messageColumns } from './message-table';

const NAMES = ['user', 'topic', 'type', 'thread', 'since', 'until'] as const;
type Filter = Partial<Record<(typeof NAMES)[number], string>>;

const filterIn = (query: URLSearchParams): Filter =>
  Object.fromEntries(NAMES.flatMap((name) => (query.get(name) ? [[name, query.get(name) ?? '']] : [])));
/** What an input of the browser's local time means, as the API wants it. */
const millis = (local: string | undefined): number | undefined => {
  const at = local === undefined ? NaN : new Date(local).getTime();
  return Number.isNaN(at) ? undefined : at;
};

export function MessagesPage() {
  const { messages, act } = words.value;
  const applied = filterIn(place.value.query);
  const [filter, setFilter] = useState<Filter>(applied);
  const [id, setId] = useState('');
  const isFiltered = Object.keys(applied).length > 0;
  const pages = usePages<MessageLine, string>(
    async (before, stop) => {
      const { since, until, ...rest } = applied;
      const query = { ...rest, since: millis(since), until: millis(until), before };
      const answer = await api.messages.list(query, stop);
      return { items: answer.messages, next: answer.next };
    },
    [applied],
  );
  const set = (name: keyof Filter) => (value: string) => setFilter({ ...filter, [name]: value });

  return (
    <Page title={messages.title} lead={messages.lead}>
      <form
        class="filters"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (id.trim() !== '') return go(address('messages', id.trim()));
          putQuery(Object.fromEntries(NAMES.map((name) => [name, filter[name]?.trim()])));
        }}
      >
        <TextField
          label={messages.user}
          value={filter.user ?? ''}
          onValue={set('user')}
          isSearch
          isMono
          testId="filter-user"
        />
        <TextField
          label={messages.topic}
          value={filter.topic ?? ''}
          onValue={set('topic')}
          isMono
          testId="filter-topic"
        />
        <TextField label={messages.type} value={filter.type ?? ''} onValue={set('type')} isMono testId="filter-type" />
        <TextField label={messages.thread} value={filter.thread ?? ''} onValue={set('thread')} isMono />
        <TextField label={messages.since} type="datetime-local" value={filter.since ?? ''} onValue={set('since')} />
        <TextField label={messages.until} type="datetime-local" value={filter.until ?? ''} onValue={set('until')} />
        <TextField label={messages.idOrFilter} value={id} onValue={setId} isMono testId="message-id" />
        <div class="buttons">
          <button type="submit" class="button button-primary" data-testid="find">
            {act.find}
          </button>
          {isFiltered && (
            <button
              type="button"
              class="button button-bare"
              onClick={() => {
                setFilter({});
                putQuery({});
              }}
            >
              {act.clear}
            </button>
          )}
        </div>
      </form>
      <PagedTable
        label={messages.title}
        pages={pages}
        columns={messageColumns()}
        keyOf={(one) => one.id}
        testId="messages"
        empty={
          isFiltered ? (
            <Empty title={messages.emptyFiltered} lead={messages.emptyFilteredLead} />
          ) : (
            <Empty
              title={messages.empty}
              lead={messages.emptyLead}
              code={curlOf({ to: { users: ['ann'] }, type: 'hello', data: { text: 'Hello, Ann' } })}
            />
          )
        }
      />
      {pages.isKnown && pages.items.length === 0 && pages.hasMore && <p class="quiet">{messages.scanned}</p>}
    </Page>
  );
}
