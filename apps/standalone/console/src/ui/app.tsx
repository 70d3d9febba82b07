import { words } from '../i18n/words';
import { person, hasExpired, session } from '../state/session';
import { tenant } from '../state/tenant';
import { Gate } from '../pages/sign-in/gate';
import { MustSetUp } from '../pages/sign-in/must-set-up';
import { SignInAgain } from '../pages/sign-in/sign-in-again';
import { Pages } from '../pages/pages';
import { Bar } from './shell/bar';
import { isPaletteOpen, Palette } from './shell/palette';
import { Rail } from './shell/rail';
import { isHelpOpen, ShortcutsDialog } from './shell/shortcuts';
import { isChoosingTenant, TenantDialog } from './shell/tenant-dialog';
import { Toasts } from './shell/toasts';
import { isNarrow } from '../state/preferences';

export function App() {
  return (
    <>
      <Inside />
      <Toasts />
    </>
  );
}

function Inside() {
  if (session.value.is !== 'in') return <Gate />;
  if (person.value?.mustChangePassword === true || person.value?.mustSetUpTotp === true) return <MustSetUp />;
  return (
    <>
      <a class="skip" href="#page" onClick={skip}>
        {words.value.shell.skip}
      </a>
      <div class="shell">
        {!isNarrow.value && <Rail />}
        <div>
          <Bar />
          <main class="content" id="page" tabIndex={-1} key={tenant.value}>
            <Pages />
          </main>
        </div>
      </div>
      {isPaletteOpen.value && <Palette />}
      {isHelpOpen.value && <ShortcutsDialog />}
      {isChoosingTenant.value && <TenantDialog />}
      {hasExpired.value && <SignInAgain />}
    </>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('page')?.focus();
}
