import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { UserLine } from '../../api/types';
import { number } from '../../i18n/numbers';
import { words } from '../../i18n/words';
import { address, place, putQuery } from '../../state/route';
import { usePages } from '../../state/use-pages';
import { TextField } from '../../ui/parts/field';
import { Link } from '../../ui/parts/link';
import { PagedTable } from '../../ui/parts/list';
import { Empty, Page } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { When } from '../../ui/parts/show';
import { curlOf } from '../send/curl';

export function UsersPage() {
  const { users, act } = words.value;
  const prefix = place.value.query.get('prefix') ?? '';
  const [typed, setTyped] = useState(prefix);
  const pages = usePages<UserLine, string>(
    async (after, stop) => {
      const answer = await api.users.list(prefix, after, stop);
      return { items: answer.users, next: answer.next };
    },
    [prefix],
  );
  return (
    <Page title={users.title} lead={users.lead}>
      <form
        class="filters"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          putQuery({ prefix: typed.trim() });
        }}
      >
        <TextField label={users.prefix} value={typed} onValue={setTyped} isSearch isMono testId="prefix" />
        <div class="buttons">
          <button type="submit" class="button button-primary" data-testid="find">
            {act.find}
          </button>
          {typed.trim() !== '' && (
            <Link to={address('users', typed.trim())} class="button button-bare">
              {words.value.palette.openUser(typed.trim())}
            </Link>
          )}
        </div>
      </form>
      <PagedTable
        label={users.title}
        pages={pages}
        keyOf={({ user }) => user}
        testId="users"
        columns={[
          {
            head: users.columns.user,
            as: 'lead',
            cell: ({ user }) => (
              <Link to={address('users', user)} class="mark mono" testId={`user-${user}`}>
                <Plain text={user} />
              </Link>
            ),
          },
          { head: users.columns.devices, as: 'number', cell: ({ devices }) => number(devices) },
          {
            head: users.columns.lastSeen,
            cell: ({ lastSeenAt }) =>
              lastSeenAt === undefined ? <span class="quiet">{users.neverSeen}</span> : <When at={lastSeenAt} />,
          },
        ]}
        empty={
          prefix === '' ? (
            <Empty
              title={users.empty}
              lead={users.emptyLead}
              code={curlOf({ user: 'ann', device: 'phone' }, { path: '/v1/tokens' })}
            />
          ) : (
            <Empty title={users.emptyPrefix} lead={users.emptyPrefixLead} />
          )
        }
      />
    </Page>
  );
}
