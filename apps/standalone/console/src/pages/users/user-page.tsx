import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import { words } from '../../i18n/words';
import { ago, number } from '../../i18n/numbers';
import { address } from '../../state/route';
import { isAdmin, mayPublish } from '../../state/session';
import { say } from '../../state/toast';
import { useLoad } from '../../state/use-load';
import { Confirm } from '../../ui/parts/dialog';
import { Link } from '../../ui/parts/link';
import { Page, Section } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { Chip, Facts } from '../../ui/parts/show';
import { Cursors } from './cursors';
import { Devices } from './devices';
import { Inbox } from './inbox';
import { Preferences } from './preferences';
import './user-page.css';

const EVERY_MS = 5_000;

export function UserPage({ user }: { user: string }) {
  const { users, shell } = words.value;
  const [asks, setAsks] = useState<'none' | 'disconnect' | 'erase'>('none');
  const [erased, setErased] = useState<Readonly<Record<string, unknown>>>();
  /** With each, all there is to see is asked for anew. */
  const [erasures, setErasures] = useState(0);
  const presence = useLoad((stop) => api.users.presence(user, stop), [user], { everyMs: EVERY_MS });
  const seen = presence.value;
  const close = () => setAsks('none');
  return (
    <Page
      title={
        <span class="mono">
          <Plain text={user} />
        </span>
      }
      name={user}
      crumb={{ to: address('users'), text: users.title }}
      lead={
        seen && (
          <span data-testid="presence" data-online={seen.online ? '' : undefined}>
            <Chip tone={seen.online ? 'good' : 'plain'}>{seen.online ? users.online : users.offline}</Chip>{' '}
            {!seen.online && (seen.lastSeenAt === undefined ? users.neverSeen : users.lastSeen(ago(seen.lastSeenAt)))}
          </span>
        )
      }
      actions={
        <>
          <Link to={`${address('messages')}?user=${encodeURIComponent(user)}`} class="button">
            {shell.pages.messages}
          </Link>
          {mayPublish.value && (
            <>
              <Link to={`${address('send')}?user=${encodeURIComponent(user)}`} class="button">
                {shell.pages.send}
              </Link>
              <button type="button" class="button" data-testid="disconnect" onClick={() => setAsks('disconnect')}>
                {users.disconnect}
              </button>
            </>
          )}
          {isAdmin.value && (
            <button type="button" class="button button-bad" data-testid="erase" onClick={() => setAsks('erase')}>
              {users.erase}
            </button>
          )}
        </>
      }
    >
      {erased !== undefined && (
        <Section title={users.erased} lead={users.erasedCounts} testId="erased">
          <Facts
            rows={Object.entries(erased).map(
              ([name, count]) => [name, typeof count === 'number' ? number(count) : String(count)] as const,
            )}
          />
        </Section>
      )}
      <Fragment key={erasures}>
        <Devices user={user} presence={seen} />
        <Cursors user={user} />
        <Inbox user={user} />
        <Preferences user={user} />
      </Fragment>
      {asks === 'disconnect' && (
        <Confirm
          title={users.disconnectTitle(user)}
          lead={users.disconnectLead}
          submit={users.disconnect}
          onClose={close}
          onSubmit={async () => {
            await api.users.disconnect(user);
            say(users.disconnected, 'good');
            presence.reload();
          }}
        />
      )}
      {asks === 'erase' && (
        <Confirm
          title={users.eraseTitle(user)}
          lead={users.eraseLead}
          submit={users.erase}
          isBad
          phrase={user}
          onClose={close}
          onSubmit={async () => {
            const answer = await api.users.erase(user);
            setErased(answer.erased);
            setErasures((count) => count + 1);
            presence.reload();
          }}
        />
      )}
    </Page>
  );
}
