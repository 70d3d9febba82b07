import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import { words } from '../../i18n/words';
import { isServerAdmin } from '../../state/session';
import { chooseTenant, tenant } from '../../state/tenant';
import { useLoad } from '../../state/use-load';
import { FormDialog } from '../parts/dialog';
import { Field } from '../parts/field';

export const isChoosingTenant = signal(false);
const MOST = 200;

/** By its name, typed: there may be many. Those known to this page are offered. */
export function TenantDialog() {
  const { shell, tenants, act } = words.value;
  const [id, setId] = useState('');
  const known = useLoad(
    async (stop) => (isServerAdmin.value ? (await api.tenants.list(undefined, stop, MOST)).tenants : []),
    [],
  );
  return (
    <FormDialog
      title={shell.chooseTenant}
      lead={shell.tenantHint}
      submit={act.open}
      isReady={id.trim() !== ''}
      onClose={() => (isChoosingTenant.value = false)}
      onSubmit={async () => chooseTenant(id.trim())}
    >
      <Field label={tenants.id}>
        {(wiring) => (
          <>
            <input
              {...wiring}
              class="mono"
              list="known-tenants"
              autofocus
              autocomplete="off"
              spellcheck={false}
              placeholder={tenant.value}
              data-testid="tenant-id"
              value={id}
              onInput={(event) => setId(event.currentTarget.value)}
            />
            <datalist id="known-tenants">
              {(known.value ?? []).map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </datalist>
          </>
        )}
      </Field>
    </FormDialog>
  );
}
