import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { Problem } from '../../api/problem';
import { askSession } from '../../api/request';
import type { SignInMethods } from '../../api/types';
import { words } from '../../i18n/words';
import { person } from '../../state/session';
import { useAction } from '../../state/use-action';
import { TextField } from '../../ui/parts/field';
import { ProblemNote } from '../../ui/parts/problem-note';

/** Name and password, then a code where one is asked for; or the identity provider. */
export function SignInForm({ methods }: { methods: SignInMethods }) {
  const { signIn } = words.value;
  const [name, setName] = useState(person.value?.name ?? '');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string>();
  const enter = useAction(async () => {
    const { next } = await api.me.signIn({ name: name.trim(), password, code: code?.trim() });
    if (next === 'totp') setCode('');
    else await askSession();
  });
  return (
    <div class="form">
      {methods.local && (
        <form
          class="form"
          data-testid="sign-in"
          onSubmit={(event) => {
            event.preventDefault();
            void enter.run();
          }}
        >
          <TextField
            label={signIn.name}
            value={name}
            onValue={setName}
            autoComplete="username"
            isRequired
            hasFocus
            testId="name"
          />
          <TextField
            label={signIn.password}
            type="password"
            value={password}
            onValue={setPassword}
            autoComplete="current-password"
            isRequired
            testId="password"
          />
          {code !== undefined && (
            <TextField
              key="code"
              label={signIn.code}
              hint={signIn.codeLead}
              value={code}
              onValue={setCode}
              autoComplete="one-time-code"
              inputMode="numeric"
              isRequired
              hasFocus
              isMono
              testId="code"
            />
          )}
          <Refusal problem={enter.problem} withCode={code !== undefined && code !== ''} />
          <button type="submit" class="button button-primary" data-testid="submit" disabled={enter.isBusy}>
            {enter.isBusy ? signIn.busy : code === undefined ? signIn.submit : signIn.next}
          </button>
        </form>
      )}
      {methods.local && methods.oidc && <p class="gate-or">{signIn.or}</p>}
      {methods.oidc && (
        <a class="button" href="/console/oidc/start" data-testid="oidc">
          {signIn.oidc(methods.oidc.name)}
        </a>
      )}
      {!methods.local && !methods.oidc && <p>{signIn.none}</p>}
    </div>
  );
}

function Refusal({ problem, withCode }: { problem: Problem | undefined; withCode: boolean }) {
  const { signIn } = words.value;
  if (problem === undefined) return null;
  if (problem.status === 429)
    return (
      <div class="problem" role="alert" data-testid="problem">
        <p class="problem-text">{signIn.wait(Math.ceil((problem.retryAfterMs ?? 1000) / 1000))}</p>
      </div>
    );
  if (problem.status !== 401) return <ProblemNote error={problem} />;
  return (
    <div class="problem" role="alert" data-testid="problem">
      <p class="problem-text">{withCode ? signIn.wrongCode : signIn.wrong}</p>
      {!withCode && <p>{signIn.wrongHint}</p>}
    </div>
  );
}
