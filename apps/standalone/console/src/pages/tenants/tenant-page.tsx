import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import { words } from '../../i18n/words';
import { ago, dateTime } from '../../i18n/numbers';
import { address, go } from '../../state/route';
import { isServerAdmin } from '../../state/session';
import { chooseTenant, tenant } from '../../state/tenant';
import { say } from '../../state/toast';
import { useLoad } from '../../state/use-load';
import { Confirm, FormDialog } from '../../ui/parts/dialog';
import { TextField } from '../../ui/parts/field';
import { Loading } from '../../ui/parts/list';
import { Page, Section } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Chip } from '../../ui/parts/show';
import { Issuers } from './issuers';
import { Limits } from './limits';
import { UsageMeters } from './usage-meters';

const EVERY_MS = 5_000;
const OVERLAP_MS = 86_400_000;

export function TenantPage({ id }: { id: string }) {
  const { tenants, keys } = words.value;
  const [asks, setAsks] = useState<'none' | 'suspend' | 'erase' | 'rotate'>('none');
  const [reason, setReason] = useState('');
  const found = useLoad((stop) => api.tenants.read(id, stop), [id], { everyMs: EVERY_MS });
  const one = found.value;
  const close = () => setAsks('none');

  async function resume(): Promise<void> {
    await api.tenants.resume(id);
    say(tenants.resumed, 'good');
    found.reload();
  }

  return (
    <Page
      title={
        <span class="mono">
          <Plain text={id} />
        </span>
      }
      name={id}
      crumb={{ to: address('tenants'), text: tenants.title }}
      lead={
        one && (
          <>
            {one.suspendedAt === undefined ? (
              <Chip tone="good">{tenants.active}</Chip>
            ) : (
              <Chip tone="bad">{tenants.suspendedSince(ago(one.suspendedAt))}</Chip>
            )}{' '}
            {one.name !== undefined && <Plain text={one.name} />}{' '}
            {one.suspendReason !== undefined && (
              <span class="quiet">
                <Plain text={one.suspendReason} />
              </span>
            )}
          </>
        )
      }
      actions={
        id !== tenant.value && (
          <button type="button" class="button" onClick={() => chooseTenant(id)}>
            {tenants.look}
          </button>
        )
      }
    >
      {one === undefined ? (
        <div class="section">
          {found.error ? <ProblemNote error={found.error} again={found.reload} /> : <Loading />}
        </div>
      ) : (
        <>
          <UsageMeters tenant={one} />
          <Limits key={JSON.stringify(one.limits)} tenant={one} onChanged={found.reload} />
          <Section
            title={tenants.secret}
            lead={tenants.secretLead}
            actions={
              <button type="button" class="button" onClick={() => setAsks('rotate')}>
                {tenants.rotate}
              </button>
            }
          >
            {null}
          </Section>
          <Issuers tenant={id} />
          {isServerAdmin.value && (
            <Section
              title={tenants.danger}
              actions={
                <>
                  {one.suspendedAt === undefined ? (
                    <button
                      type="button"
                      class="button button-bad"
                      data-testid="suspend"
                      onClick={() => setAsks('suspend')}
                    >
                      {tenants.suspend}
                    </button>
                  ) : (
                    <button
                      type="button"
                      class="button"
                      data-testid="resume"
                      onClick={() => void resume().catch(() => found.reload())}
                    >
                      {tenants.resume}
                    </button>
                  )}
                  <button
                    type="button"
                    class="button button-bad"
                    data-testid="delete-tenant"
                    onClick={() => setAsks('erase')}
                  >
                    {tenants.erase}
                  </button>
                </>
              }
            >
              {null}
            </Section>
          )}
        </>
      )}
      {asks === 'suspend' && (
        <FormDialog
          title={tenants.suspendTitle(id)}
          lead={tenants.suspendLead}
          submit={tenants.suspend}
          isBad
          onClose={close}
          onSubmit={async () => {
            await api.tenants.suspend(id, reason.trim());
            say(tenants.suspendedNow);
            found.reload();
          }}
        >
          <TextField label={tenants.reason} isOptional value={reason} onValue={setReason} testId="suspend-reason" />
        </FormDialog>
      )}
      {asks === 'erase' && (
        <Confirm
          title={tenants.eraseTitle(id)}
          lead={tenants.eraseLead}
          submit={tenants.erase}
          isBad
          phrase={id}
          onClose={close}
          onSubmit={async () => {
            await api.tenants.erase(id);
            say(tenants.erased(id));
            if (tenant.value === id) chooseTenant('default');
            go(address('tenants'));
          }}
        />
      )}
      {asks === 'rotate' && (
        <Confirm
          title={tenants.secret}
          lead={`${tenants.secretLead} ${keys.overlap}: ${keys.overlaps.h24}.`}
          submit={tenants.rotate}
          onClose={close}
          onSubmit={async () => {
            const { previousUntil } = await api.tenants.rotateSecret(id, OVERLAP_MS);
            say(tenants.rotated(dateTime(previousUntil)), 'good');
          }}
        />
      )}
    </Page>
  );
}
