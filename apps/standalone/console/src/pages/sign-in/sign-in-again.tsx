import { words } from '../../i18n/words';
import { session } from '../../state/session';
import { Dialog } from '../../ui/parts/dialog';
import { SignInForm } from './sign-in-form';

/** Over the page that is open, which stays as it is. */
export function SignInAgain() {
  const { signIn } = words.value;
  if (session.value.is !== 'in') return null;
  return (
    <Dialog title={signIn.expired} lead={signIn.expiredLead} mustAnswer onClose={() => {}} testId="sign-in-again">
      <SignInForm methods={session.value.methods} />
    </Dialog>
  );
}
