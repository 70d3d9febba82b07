import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { Issuer } from '../../api/types';
import { words } from '../../i18n/words';
import { say } from '../../state/toast';
import { useAction } from '../../state/use-action';
import { useLoad } from '../../state/use-load';
import { FormDialog } from '../../ui/parts/dialog';
import { TextField } from '../../ui/parts/field';
import { Loading } from '../../ui/parts/list';
import { Section } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';

const EMPTY = { issuer: '', jwksUrl: '', audience: '' };

export function Issuers({ tenant }: { tenant: string }) {
  const { tenants, act } = words.value;
  const [added, setAdded] = useState<typeof EMPTY>();
  const issuers = useLoad((stop) => api.tenants.issuers(tenant, stop), [tenant]);
  const present = issuers.value?.issuers ?? [];
  const put = async (next: readonly Issuer[]): Promise<void> => {
    await api.tenants.putIssuers(tenant, next);
    say(act.saved, 'good');
    issuers.reload();
  };
  const remove = useAction((which: string) => put(present.filter(({ issuer }) => issuer !== which)));
  return (
    <Section
      title={tenants.issuers}
      lead={tenants.issuersLead}
      actions={
        <button type="button" class="button" disabled={issuers.value === undefined} onClick={() => setAdded(EMPTY)}>
          {tenants.addIssuer}
        </button>
      }
    >
      <ProblemNote error={remove.problem} />
      {issuers.value === undefined ? (
        issuers.error ? (
          <ProblemNote error={issuers.error} again={issuers.reload} />
        ) : (
          <Loading />
        )
      ) : present.length === 0 ? (
        <p class="quiet">{tenants.noIssuers}</p>
      ) : (
        <ul>
          {present.map(({ issuer, jwksUrl, audience }) => (
            <li class="issuer" key={issuer}>
              <b class="mono">
                <Plain text={issuer} />
              </b>
              <button
                type="button"
                class="button button-small button-bare"
                disabled={remove.isBusy}
                onClick={() => void remove.run(issuer)}
              >
                {act.remove}
              </button>
              <small class="quiet mono">
                <Plain text={[jwksUrl, audience].filter(Boolean).join(' · ')} />
              </small>
            </li>
          ))}
        </ul>
      )}
      {added !== undefined && (
        <FormDialog
          title={tenants.addIssuer}
          lead={tenants.issuersLead}
          submit={act.add}
          isReady={added.issuer.trim() !== '' && added.jwksUrl.trim() !== ''}
          onClose={() => setAdded(undefined)}
          onSubmit={() => {
            const { issuer, jwksUrl, audience } = added;
            const one = {
              issuer: issuer.trim(),
              jwksUrl: jwksUrl.trim(),
              ...(audience.trim() === '' ? {} : { audience: audience.trim() }),
            };
            return put([...present, one]);
          }}
        >
          <TextField
            label={tenants.issuer}
            value={added.issuer}
            onValue={(issuer) => setAdded({ ...added, issuer })}
            placeholder="https://id.example.com"
            isMono
            hasFocus
          />
          <TextField
            label={tenants.jwksUrl}
            value={added.jwksUrl}
            onValue={(jwksUrl) => setAdded({ ...added, jwksUrl })}
            placeholder="https://id.example.com/jwks.json"
            isMono
          />
          <TextField
            label={tenants.audience}
            isOptional
            value={added.audience}
            onValue={(audience) => setAdded({ ...added, audience })}
            isMono
          />
        </FormDialog>
      )}
    </Section>
  );
}
