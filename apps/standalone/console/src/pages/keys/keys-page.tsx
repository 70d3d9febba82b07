import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { ApiKey, NewApiKey } from '../../api/types';
import { words } from '../../i18n/words';
import { tenant } from '../../state/tenant';
import { say } from '../../state/toast';
import { useLoad } from '../../state/use-load';
import { Confirm, FormDialog } from '../../ui/parts/dialog';
import { SelectField } from '../../ui/parts/field';
import { Loading, Table } from '../../ui/parts/list';
import { Empty, Page } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Chip, Id, roleWord, When } from '../../ui/parts/show';
import { NewKey } from './new-key';
import { ShownOnce } from './shown-once';

const OVERLAPS = { h0: 0, h1: 3_600_000, h24: 86_400_000, h168: 604_800_000 } as const;
type Overlap = keyof typeof OVERLAPS;

type Asks = { readonly is: 'none' | 'create' } | { readonly is: 'rotate' | 'remove'; readonly key: ApiKey };

export function KeysPage() {
  const { keys } = words.value;
  const [asks, setAsks] = useState<Asks>({ is: 'none' });
  const [made, setMade] = useState<NewApiKey>();
  const [overlap, setOverlap] = useState<Overlap>('h24');
  const list = useLoad((stop) => api.keys.list(stop), [tenant.value]);
  const close = () => setAsks({ is: 'none' });
  const show = (key: NewApiKey) => {
    setMade(key);
    list.reload();
  };
  const hasEnded = ({ expiresAt }: ApiKey) => expiresAt !== undefined && expiresAt <= Date.now();
  return (
    <Page
      title={keys.title}
      lead={keys.lead(tenant.value)}
      actions={
        <button
          type="button"
          class="button button-primary"
          data-testid="new-key"
          onClick={() => setAsks({ is: 'create' })}
        >
          {keys.create}
        </button>
      }
    >
      <div class="section">
        {list.value === undefined ? (
          list.error ? (
            <ProblemNote error={list.error} again={list.reload} />
          ) : (
            <Loading />
          )
        ) : list.value.keys.length === 0 ? (
          <Empty title={keys.empty} lead={keys.emptyLead} />
        ) : (
          <Table
            label={keys.title}
            items={list.value.keys}
            keyOf={({ id }) => id}
            testId="keys"
            columns={[
              {
                head: keys.columns.name,
                as: 'lead',
                cell: ({ name }) =>
                  name === undefined ? (
                    <span class="quiet">{keys.unnamed}</span>
                  ) : (
                    <b class="mark">
                      <Plain text={name} />
                    </b>
                  ),
              },
              {
                head: keys.columns.role,
                as: 'side',
                cell: (key) => (
                  <>
                    <Chip tone={hasEnded(key) ? 'bad' : key.role === 'admin' ? 'told' : 'none'}>
                      {hasEnded(key) ? keys.ended : roleWord(key.role)}
                    </Chip>{' '}
                    {key.replacedBy !== undefined && <Chip tone="wait">{keys.replaced}</Chip>}
                  </>
                ),
              },
              { head: keys.columns.created, cell: ({ createdAt }) => <When at={createdAt} /> },
              {
                head: keys.columns.expires,
                cell: ({ expiresAt }) =>
                  expiresAt === undefined ? (
                    <span class="quiet">{words.value.act.never}</span>
                  ) : (
                    <When at={expiresAt} />
                  ),
              },
              { head: keys.columns.id, cell: ({ id }) => <Id id={id} /> },
              {
                head: keys.rotate,
                as: 'actions',
                cell: (key) => (
                  <>
                    {key.replacedBy === undefined && !hasEnded(key) && (
                      <button type="button" class="button button-small" onClick={() => setAsks({ is: 'rotate', key })}>
                        {keys.rotate}
                      </button>
                    )}
                    <button
                      type="button"
                      class="button button-small button-bare"
                      onClick={() => setAsks({ is: 'remove', key })}
                    >
                      {keys.remove}
                    </button>
                  </>
                ),
              },
            ]}
          />
        )}
      </div>
      {asks.is === 'create' && <NewKey onClose={close} onMade={show} />}
      {asks.is === 'rotate' && (
        <FormDialog
          title={keys.rotateTitle}
          lead={keys.rotateLead}
          submit={keys.rotate}
          onClose={close}
          onSubmit={async () => show(await api.keys.rotate(asks.key.id, OVERLAPS[overlap]))}
        >
          <SelectField
            label={keys.overlap}
            value={overlap}
            onValue={setOverlap}
            options={[
              ['h24', keys.overlaps.h24],
              ['h168', keys.overlaps.h168],
              ['h1', keys.overlaps.h1],
              ['h0', keys.overlaps.h0],
            ]}
          />
        </FormDialog>
      )}
      {asks.is === 'remove' && (
        <Confirm
          title={keys.removeTitle}
          lead={keys.removeLead}
          submit={keys.remove}
          isBad
          onClose={close}
          onSubmit={async () => {
            await api.keys.remove(asks.key.id);
            say(keys.removed);
            list.reload();
          }}
        />
      )}
      {made !== undefined && <ShownOnce made={made} onClose={() => setMade(undefined)} />}
    </Page>
  );
}
