import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import { words } from '../../i18n/words';
import { useAction } from '../../state/use-action';
import { useLoad } from '../../state/use-load';
import { CopyButton } from '../../ui/parts/copy';
import { TextField } from '../../ui/parts/field';
import { Loading } from '../../ui/parts/list';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Id } from '../../ui/parts/show';
import { Qr } from './qr';

/** Secret, code, recovery codes: on only when somebody has shown that their app knows the secret. */
export function TotpSetUp({ onDone }: { onDone: () => Promise<void> }) {
  const { account } = words.value;
  const secret = useLoad(() => api.me.totp(), []);
  const [code, setCode] = useState('');
  const [recovery, setRecovery] = useState<readonly string[]>();
  const confirm = useAction(async () => setRecovery((await api.me.confirmTotp(code.trim())).recoveryCodes));
  const done = useAction(onDone);
  if (recovery !== undefined)
    return (
      <div class="form" data-testid="recovery">
        <h3>{account.recovery}</h3>
        <p>{account.recoveryLead}</p>
        <pre class="secret">{recovery.join('\n')}</pre>
        <div class="buttons">
          <CopyButton text={recovery.join('\n')} />
          <button type="button" class="button button-primary" onClick={() => void done.run()}>
            {account.kept}
          </button>
        </div>
      </div>
    );
  if (secret.value === undefined)
    return secret.error ? <ProblemNote error={secret.error} again={secret.reload} /> : <Loading />;
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void confirm.run();
      }}
    >
      <Qr text={secret.value.url} label={account.totpQr} />
      <div>
        <span class="field-label">{account.totpSecret}</span>
        <Id id={secret.value.secret} testId="totp-secret" />
      </div>
      <TextField
        label={words.value.signIn.code}
        value={code}
        onValue={setCode}
        autoComplete="one-time-code"
        inputMode="numeric"
        isRequired
        isMono
        testId="totp-code"
      />
      <ProblemNote error={confirm.problem} />
      <div>
        <button type="submit" class="button button-primary" data-testid="totp-confirm" disabled={confirm.isBusy}>
          {account.totpConfirm}
        </button>
      </div>
    </form>
  );
}
