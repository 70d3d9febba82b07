import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { Tenant } from '../../api/types';
import { words } from '../../i18n/words';
import { address, go } from '../../state/route';
import { isServerAdmin } from '../../state/session';
import { chooseTenant, tenant } from '../../state/tenant';
import { say } from '../../state/toast';
import { usePages } from '../../state/use-pages';
import { FormDialog } from '../../ui/parts/dialog';
import { TextField } from '../../ui/parts/field';
import { Link } from '../../ui/parts/link';
import { PagedTable } from '../../ui/parts/list';
import { Empty, Page } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { Chip, When } from '../../ui/parts/show';

export function TenantsPage() {
  const { tenants } = words.value;
  const [isCreating, setCreating] = useState(false);
  const pages = usePages<Tenant, string>(async (after, stop) => {
    // A tenant's own administrator has one, and is not told of others.
    if (!isServerAdmin.value) return { items: [await api.tenants.read(tenant.value, stop)] };
    const answer = await api.tenants.list(after, stop);
    return { items: answer.tenants, next: answer.next };
  }, []);
  return (
    <Page
      title={tenants.title}
      lead={tenants.lead}
      actions={
        isServerAdmin.value && (
          <button
            type="button"
            class="button button-primary"
            data-testid="new-tenant"
            onClick={() => setCreating(true)}
          >
            {tenants.create}
          </button>
        )
      }
    >
      <div class="section">
        <PagedTable
          label={tenants.title}
          pages={pages}
          keyOf={({ id }) => id}
          testId="tenants"
          columns={[
            {
              head: tenants.columns.id,
              as: 'lead',
              cell: ({ id }) => (
                <Link to={address('tenants', id)} class="mark mono" testId={`tenant-${id}`}>
                  <Plain text={id} />
                </Link>
              ),
            },
            {
              head: tenants.columns.state,
              as: 'side',
              cell: ({ suspendedAt }) =>
                suspendedAt === undefined ? (
                  <Chip tone="good">{tenants.active}</Chip>
                ) : (
                  <Chip tone="bad">{tenants.suspended}</Chip>
                ),
            },
            { head: tenants.columns.name, cell: ({ name }) => name !== undefined && <Plain text={name} /> },
            { head: tenants.columns.created, cell: ({ createdAt }) => <When at={createdAt} /> },
            {
              head: tenants.look,
              as: 'actions',
              cell: ({ id }) =>
                id === tenant.value ? (
                  <small class="quiet">{tenants.looking}</small>
                ) : (
                  <button
                    type="button"
                    class="button button-small"
                    data-testid={`look-${id}`}
                    onClick={() => chooseTenant(id)}
                  >
                    {tenants.look}
                  </button>
                ),
            },
          ]}
          empty={<Empty title={tenants.empty} lead={tenants.emptyLead} />}
        />
      </div>
      {isCreating && <NewTenant onClose={() => setCreating(false)} />}
    </Page>
  );
}

function NewTenant({ onClose }: { onClose: () => void }) {
  const { tenants, act } = words.value;
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  return (
    <FormDialog
      title={tenants.createTitle}
      submit={act.create}
      isReady={id.trim() !== ''}
      onClose={onClose}
      onSubmit={async () => {
        const made = await api.tenants.create({ id: id.trim(), ...(name.trim() === '' ? {} : { name: name.trim() }) });
        say(tenants.created(made.id), 'good');
        chooseTenant(made.id);
        go(address('keys'));
      }}
    >
      <TextField
        label={tenants.id}
        hint={tenants.idHint}
        value={id}
        onValue={setId}
        isRequired
        isMono
        maxLength={128}
        hasFocus
        testId="new-tenant-id"
      />
      <TextField label={tenants.name} isOptional value={name} onValue={setName} testId="new-tenant-name" />
    </FormDialog>
  );
}
