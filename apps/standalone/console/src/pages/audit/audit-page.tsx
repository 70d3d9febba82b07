import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { AuditEntry } from '../../api/types';
import { wordFor, words } from '../../i18n/words';
import { place, putQuery } from '../../state/route';
import { isServerAdmin } from '../../state/session';
import { say } from '../../state/toast';
import { usePages } from '../../state/use-pages';
import { FormDialog } from '../../ui/parts/dialog';
import { TextField } from '../../ui/parts/field';
import { PagedTable } from '../../ui/parts/list';
import { Empty, Page } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { Chip, When } from '../../ui/parts/show';

const local = (text: string): number | undefined => (text === '' ? undefined : new Date(text).getTime());

export function AuditPage() {
  const { audit, act } = words.value;
  const { query } = place.value;
  const [action, setAction] = useState(query.get('action') ?? '');
  const [tenant, setTenant] = useState(query.get('tenant') ?? '');
  const [isExporting, setExporting] = useState(false);
  const applied = { action: query.get('action') ?? undefined, tenant: query.get('tenant') ?? undefined };
  const isFiltered = applied.action !== undefined || applied.tenant !== undefined;
  const pages = usePages<AuditEntry, string>(
    async (before, stop) => {
      const answer = await api.audit.list({ ...applied, before }, stop);
      return { items: answer.entries, next: answer.next };
    },
    [applied],
  );
  return (
    <Page
      title={audit.title}
      lead={audit.lead}
      actions={
        <button type="button" class="button" data-testid="export" onClick={() => setExporting(true)}>
          {audit.export}
        </button>
      }
    >
      <form
        class="filters"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          putQuery({ action: action.trim(), tenant: tenant.trim() });
        }}
      >
        <TextField
          label={audit.action}
          placeholder="createTenant"
          value={action}
          onValue={setAction}
          isSearch
          isMono
          testId="filter-action"
        />
        {isServerAdmin.value && <TextField label={audit.tenant} value={tenant} onValue={setTenant} isMono />}
        <div class="buttons">
          <button type="submit" class="button button-primary" data-testid="find">
            {act.find}
          </button>
        </div>
      </form>
      <PagedTable
        label={audit.title}
        pages={pages}
        keyOf={({ id }) => id}
        testId="audit"
        columns={[
          {
            head: audit.columns.action,
            as: 'lead',
            cell: (entry) => (
              <code class="mark">
                <Plain text={entry.action} />
              </code>
            ),
          },
          {
            head: audit.columns.outcome,
            as: 'side',
            cell: ({ outcome }) => (
              <Chip tone={outcome === 'ok' ? 'good' : 'bad'}>{outcome === 'ok' ? audit.ok : outcome}</Chip>
            ),
          },
          {
            head: audit.columns.actor,
            cell: ({ actor }) => (
              <>
                <Plain text={actor.name ?? actor.id} /> <small class="quiet">{wordFor(audit.kinds, actor.kind)}</small>
              </>
            ),
          },
          {
            head: audit.columns.target,
            cell: ({ target, tenant: of }) => (
              <span class="mono">
                <Plain text={target ?? ''} />{' '}
                {of !== undefined && (
                  <small class="quiet">
                    <Plain text={of} />
                  </small>
                )}
              </span>
            ),
          },
          { head: audit.columns.at, cell: ({ at }) => <When at={at} /> },
          {
            head: audit.columns.address,
            cell: ({ address }) =>
              address !== undefined && (
                <code>
                  <Plain text={address} />
                </code>
              ),
          },
        ]}
        empty={
          isFiltered ? (
            <Empty title={audit.emptyFiltered} lead={audit.emptyLead} />
          ) : (
            <Empty title={audit.empty} lead={audit.emptyLead} />
          )
        }
      />
      {isExporting && <ExportDialog onClose={() => setExporting(false)} />}
    </Page>
  );
}

function ExportDialog({ onClose }: { onClose: () => void }) {
  const { audit } = words.value;
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  return (
    <FormDialog
      title={audit.export}
      lead={audit.exportLead}
      submit={audit.export}
      onClose={onClose}
      onSubmit={async () => {
        const file = URL.createObjectURL(await api.audit.export(local(since), local(until)));
        const link = document.createElement('a');
        link.href = file;
        link.download = `push-audit-${new Date().toISOString().slice(0, 10)}.ndjson`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(file), 10_000);
        say(audit.exported);
      }}
    >
      <div class="form-row">
        <TextField label={audit.since} type="datetime-local" isOptional value={since} onValue={setSince} />
        <TextField label={audit.until} type="datetime-local" isOptional value={until} onValue={setUntil} />
      </div>
    </FormDialog>
  );
}
