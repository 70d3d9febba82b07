import { api } from '../../api/calls';
import type { InboxEntry } from '../../api/types';
import { number } from '../../i18n/numbers';
import { words } from '../../i18n/words';
import { address } from '../../state/route';
import { useLoad } from '../../state/use-load';
import { usePages } from '../../state/use-pages';
import { Link } from '../../ui/parts/link';
import { Loading } from '../../ui/parts/list';
import { Section } from '../../ui/parts/page';
import { Plain, withUnseen } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Chip, When } from '../../ui/parts/show';

const PAGE = 20;
const LINE = 240;

/** The newest of the user's own stream, and older ones as far as somebody asks: `next` is the `seq` below which to go on. */
export function Inbox({ user }: { user: string }) {
  const { users, act } = words.value;
  const state = useLoad((stop) => api.users.inbox(user, 0, stop, 1), [user]);
  const head = state.value?.head;
  const first = state.value?.first ?? 1;
  const pages = usePages<InboxEntry, number>(
    async (below, stop) => {
      if (head === undefined) return { items: [] };
      const end = below ?? head + 1;
      const after = Math.max(first - 1, end - 1 - PAGE);
      const page = await api.users.inbox(user, after, stop, Math.max(1, end - 1 - after));
      const items = page.entries.filter(({ seq }) => seq < end).reverse();
      return { items, next: after >= first ? after + 1 : undefined };
    },
    [user, head, first],
  );
  const unread = state.value?.unread.total ?? 0;
  const error = state.error ?? pages.error;
  const isEmpty = head !== undefined && pages.items.length === 0 && !pages.hasMore && !pages.isLoading;
  return (
    <Section
      title={users.inboxTitle}
      lead={head !== undefined && head >= first ? users.inboxHead(number(first), number(head)) : undefined}
      actions={unread > 0 && <Chip tone="wait">{users.unread(unread)}</Chip>}
      testId="inbox"
    >
      <ProblemNote error={error} again={state.error ? state.reload : pages.reload} />
      {head === undefined && !error && <Loading />}
      {isEmpty && !error && <p class="quiet">{users.inboxEmpty}</p>}
      <ol>
        {pages.items.map(({ seq, id, type, thread, data, at }) => (
          <li class="inbox-entry" key={seq}>
            <span class="seq">{number(seq)}</span>
            <span>
              <Link to={`${address('messages', id)}?user=${encodeURIComponent(user)}`} class="mark">
                <Plain text={type} />
              </Link>{' '}
              {thread !== undefined && (
                <small class="quiet">
                  <Plain text={thread} />
                </small>
              )}
            </span>
            <small class="quiet">
              <When at={at} />
            </small>
            {data !== undefined && <pre>{withUnseen((JSON.stringify(data) ?? '').slice(0, LINE))}</pre>}
          </li>
        ))}
      </ol>
      {pages.hasMore && (
        <div class="list-foot">
          <button type="button" class="button" disabled={pages.isLoading} onClick={pages.more}>
            {pages.isLoading ? act.loading : users.older}
          </button>
        </div>
      )}
    </Section>
  );
}
