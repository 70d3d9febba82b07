import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { DeadLine } from '../../api/types';
import { number } from '../../i18n/numbers';
import { words, wordFor } from '../../i18n/words';
import { address } from '../../state/route';
import { mayPublish } from '../../state/session';
import { say } from '../../state/toast';
import { useAction } from '../../state/use-action';
import { usePages } from '../../state/use-pages';
import { Confirm } from '../../ui/parts/dialog';
import { Link } from '../../ui/parts/link';
import { PagedTable } from '../../ui/parts/list';
import { Empty, Page } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';
import { When } from '../../ui/parts/show';

const nameOf = ({ id, user, device }: DeadLine) => ({ id, user, device });

export function DeadPage() {
  const { dead, reasons } = words.value;
  const [asks, setAsks] = useState<'none' | 'replay' | 'purge'>('none');
  const pages = usePages<DeadLine, number>(async (after, stop) => {
    const answer = await api.dead.list(after, stop);
    return { items: answer.notifications, next: answer.next };
  }, []);
  const replay = useAction(async (which?: DeadLine) => {
    const { replayed } = await api.dead.replay(which && [nameOf(which)]);
    say(dead.replayed(replayed), 'good');
    pages.reload();
  });
  const purge = useAction(async (which?: DeadLine) => {
    const { purged } = await api.dead.purge(which && nameOf(which));
    say(dead.purged(purged));
    pages.reload();
  });
  return (
    <Page
      title={dead.title}
      lead={dead.lead}
      actions={
        mayPublish.value &&
        pages.items.length > 0 && (
          <>
            <button type="button" class="button" data-testid="replay-all" onClick={() => setAsks('replay')}>
              {dead.replayAll}
            </button>
            <button type="button" class="button button-bad" data-testid="purge-all" onClick={() => setAsks('purge')}>
              {dead.purgeAll}
            </button>
          </>
        )
      }
    >
      <div class="section">
        <ProblemNote error={replay.problem ?? purge.problem} />
        <PagedTable
          label={dead.title}
          pages={pages}
          keyOf={({ id, user, device }) => `${id} ${user} ${device}`}
          testId="dead"
          columns={[
            {
              head: dead.columns.user,
              as: 'lead',
              cell: ({ user, id }) => (
                <Link to={`${address('messages', id)}?user=${encodeURIComponent(user)}`} class="mark mono">
                  <Plain text={user} />
                </Link>
              ),
            },
            { head: dead.columns.died, as: 'side', cell: ({ diedAt }) => <When at={diedAt} /> },
            {
              head: dead.columns.device,
              cell: ({ device }) => (
                <code>
                  <Plain text={device} />
                </code>
              ),
            },
            { head: dead.columns.provider, cell: ({ provider }) => provider ?? '–' },
            {
              head: dead.columns.reason,
              cell: ({ reason }) =>
                reason === undefined ? '–' : <span title={reason}>{wordFor(reasons, reason)}</span>,
            },
            { head: dead.columns.attempts, as: 'number', cell: ({ attempts }) => number(attempts) },
            mayPublish.value && {
              head: dead.replay,
              as: 'actions',
              cell: (line) => (
                <>
                  <button
                    type="button"
                    class="button button-small"
                    disabled={replay.isBusy}
                    onClick={() => void replay.run(line)}
                  >
                    {dead.replay}
                  </button>
                  <button
                    type="button"
                    class="button button-small button-bare"
                    disabled={purge.isBusy}
                    onClick={() => void purge.run(line)}
                  >
                    {dead.purge}
                  </button>
                </>
              ),
            },
          ]}
          empty={<Empty title={dead.empty} lead={dead.emptyLead} />}
        />
      </div>
      {asks !== 'none' && (
        <Confirm
          title={asks === 'replay' ? dead.replayAllTitle : dead.purgeAllTitle}
          lead={asks === 'replay' ? dead.replayAllLead : dead.purgeAllLead}
          submit={asks === 'replay' ? dead.replayAll : dead.purgeAll}
          isBad={asks === 'purge'}
          onClose={() => setAsks('none')}
          onSubmit={() => (asks === 'replay' ? replay : purge).run()}
        />
      )}
    </Page>
  );
}
