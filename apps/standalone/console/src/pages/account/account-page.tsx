import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import { askSession } from '../../api/request';
import { words } from '../../i18n/words';
import { chosenLanguage, chosenTheme, type Language, type Theme } from '../../state/preferences';
import { person } from '../../state/session';
import { FormDialog } from '../../ui/parts/dialog';
import { Choice, TextField } from '../../ui/parts/field';
import { Page, Section } from '../../ui/parts/page';
import { Chip, Facts, roleWord } from '../../ui/parts/show';
import { PasswordForm } from './password-form';
import { TotpSetUp } from './totp-set-up';
import './account-page.css';

export function AccountPage() {
  const { account, act } = words.value;
  const me = person.value;
  if (me === undefined) return null;
  return (
    <Page title={account.title} lead={account.lead}>
      <Section title={account.you}>
        <Facts
          rows={[
            [words.value.people.name, me.name],
            [account.role, roleWord(me.role)],
            [account.tenant, me.tenant === '*' ? act.everyTenant : <code>{me.tenant}</code>],
          ]}
        />
      </Section>
      <Section title={account.look}>
        <div class="form">
          <Choice<Theme | 'system'>
            label={account.theme}
            value={chosenTheme.value ?? 'system'}
            options={[
              ['system', account.system],
              ['light', account.light],
              ['dark', account.dark],
            ]}
            onValue={(value) => (chosenTheme.value = value === 'system' ? undefined : value)}
          />
          <Choice<Language | 'system'>
            label={account.language}
            value={chosenLanguage.value ?? 'system'}
            options={[
              ['system', account.system],
              ['en', 'English'],
              ['zh', '中文'],
            ]}
            onValue={(value) => (chosenLanguage.value = value === 'system' ? undefined : value)}
          />
        </div>
      </Section>
      <Section title={account.passwordTitle}>
        <div class="narrow">
          <PasswordForm onDone={askSession} />
        </div>
      </Section>
      <SecondFactor isOn={me.totp} />
    </Page>
  );
}

function SecondFactor({ isOn }: { isOn: boolean }) {
  const { account } = words.value;
  const [step, setStep] = useState<'none' | 'setting-up' | 'removing'>('none');
  const [code, setCode] = useState('');
  return (
    <Section
      title={account.totpTitle}
      lead={isOn ? account.totpOn : account.totpOff}
      actions={
        isOn ? (
          <button type="button" class="button" onClick={() => setStep('removing')}>
            {account.totpRemove}
          </button>
        ) : (
          step === 'none' && (
            <button type="button" class="button" data-testid="totp-start" onClick={() => setStep('setting-up')}>
              {account.totpStart}
            </button>
          )
        )
      }
    >
      {isOn && <Chip tone="good">TOTP</Chip>}
      {!isOn && step === 'setting-up' && (
        <div class="narrow form">
          <p>{account.totpScan}</p>
          <TotpSetUp
            onDone={async () => {
              await askSession();
              setStep('none');
            }}
          />
        </div>
      )}
      {step === 'removing' && (
        <FormDialog
          title={account.totpRemove}
          lead={account.totpRemoveLead}
          submit={account.totpRemove}
          isBad
          onClose={() => setStep('none')}
          onSubmit={async () => {
            await api.me.removeTotp(code.trim());
            await askSession();
          }}
        >
          <TextField
            label={words.value.signIn.code}
            value={code}
            onValue={setCode}
            inputMode="numeric"
            autoComplete="one-time-code"
            isMono
            isRequired
          />
        </FormDialog>
      )}
    </Section>
  );
}
