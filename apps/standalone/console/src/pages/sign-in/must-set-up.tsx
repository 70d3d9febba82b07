import { askSession } from '../../api/request';
import { words } from '../../i18n/words';
import { person } from '../../state/session';
import { LookButtons } from '../../ui/shell/look-buttons';
import { PasswordForm } from '../account/password-form';
import { TotpSetUp } from '../account/totp-set-up';

/** What has to be done before anything else: an own password, and a second factor where the server wants one. */
export function MustSetUp() {
  const { account } = words.value;
  const needsPassword = person.value?.mustChangePassword === true;
  return (
    <main class="gate-form" data-testid="must-set-up">
      <div>
        <h1>{needsPassword ? account.mustChange : account.totpTitle}</h1>
        <p class="lead">{needsPassword ? account.mustChangeLead : account.totpScan}</p>
        {needsPassword ? <PasswordForm onDone={askSession} /> : <TotpSetUp onDone={askSession} />}
        <div class="gate-look">
          <LookButtons />
        </div>
      </div>
    </main>
  );
}
