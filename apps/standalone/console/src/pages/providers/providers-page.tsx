import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { CheckAnswer, ProviderState } from '../../api/types';
import { words } from '../../i18n/words';
import { tenant } from '../../state/tenant';
import { say } from '../../state/toast';
import { useAction } from '../../state/use-action';
import { useLoad } from '../../state/use-load';
import { Confirm } from '../../ui/parts/dialog';
import { Loading } from '../../ui/parts/list';
import { Page } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Chip, When } from '../../ui/parts/show';
import { PROVIDERS, type ProviderName } from './credential-fields';
import { CredentialsDialog } from './credentials-dialog';
import './providers-page.css';

const EVERY_MS = 10_000;

export function ProvidersPage() {
  const { providers } = words.value;
  const [sets, setSets] = useState<ProviderName>();
  const [removes, setRemoves] = useState<ProviderName>();
  const states = useLoad((stop) => api.providers.list(tenant.value, stop), [tenant.value], { everyMs: EVERY_MS });
  const known = new Map((states.value?.providers ?? []).map((state) => [state.provider, state]));
  return (
    <Page title={providers.title} lead={providers.lead}>
      {states.value === undefined ? (
        <div class="section">
          {states.error ? <ProblemNote error={states.error} again={states.reload} /> : <Loading />}
        </div>
      ) : (
        <>
          {known.size === 0 && <p class="notice providers-none">{providers.none}</p>}
          <ul class="providers">
            {[...PROVIDERS]
              .sort((a, b) => Number(known.has(b)) - Number(known.has(a)))
              .map((name) => (
                <ProviderLine
                  key={name}
                  name={name}
                  state={known.get(name)}
                  onSet={() => setSets(name)}
                  onRemove={() => setRemoves(name)}
                />
              ))}
          </ul>
        </>
      )}
      {sets !== undefined && (
        <CredentialsDialog name={sets} onClose={() => setSets(undefined)} onStored={states.reload} />
      )}
      {removes !== undefined && (
        <Confirm
          title={providers.removeTitle(removes)}
          lead={providers.removeLead}
          submit={providers.remove}
          isBad
          onClose={() => setRemoves(undefined)}
          onSubmit={async () => {
            await api.providers.remove(tenant.value, removes);
            say(providers.removed(removes));
            states.reload();
          }}
        />
      )}
    </Page>
  );
}

const TONES = { closed: 'good', probing: 'wait', open: 'bad' } as const;

interface ProviderLineProps {
  readonly name: ProviderName;
  readonly state: ProviderState | undefined;
  readonly onSet: () => void;
  readonly onRemove: () => void;
}

function ProviderLine({ name, state, onSet, onRemove }: ProviderLineProps) {
  const { providers } = words.value;
  const [answer, setAnswer] = useState<CheckAnswer>();
  const check = useAction(async () => setAnswer(await api.providers.check(tenant.value, name)));
  return (
    <li class="provider" data-testid={`provider-${name}`} data-set={state === undefined ? undefined : ''}>
      <div>
        <h2 class="mono">{name}</h2>
        <p class="quiet">{providers.about[name]}</p>
      </div>
      <div class="provider-state">
        {state === undefined ? (
          <span class="quiet">{providers.notSet}</span>
        ) : (
          <>
            <Chip tone={TONES[state.breaker]}>{providers.breakers[state.breaker]}</Chip>
            <small class="quiet">
              {providers.fingerprint} <code>{state.fingerprint}</code> · {providers.updated}{' '}
              <When at={state.updatedAt} />
            </small>
            {state.reason !== undefined && (
              <small class="provider-bad">
                <Plain text={state.reason} />
              </small>
            )}
          </>
        )}
        {answer !== undefined && (
          <p role="status" class={answer.kind === 'ok' ? 'provider-good' : 'provider-bad'} data-testid="check-answer">
            {providers.checks[answer.kind]} {answer.reason !== undefined && <Plain text={answer.reason} />}
          </p>
        )}
        <ProblemNote error={check.problem} />
      </div>
      <div class="buttons">
        {state !== undefined && (
          <>
            <button
              type="button"
              class="button button-small"
              disabled={check.isBusy}
              data-testid={`check-${name}`}
              onClick={() => void check.run()}
            >
              {providers.check}
            </button>
            <button type="button" class="button button-small button-bare" onClick={onRemove}>
              {providers.remove}
            </button>
          </>
        )}
        <button type="button" class="button button-small" data-testid={`set-${name}`} onClick={onSet}>
          {state === undefined ? providers.setUp : providers.replace}
        </button>
      </div>
    </li>
  );
}
