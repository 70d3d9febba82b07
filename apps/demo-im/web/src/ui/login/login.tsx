import { useSignal } from '@preact/signals';
import { api } from '../../api/calls';
import { reasonOf, Unreachable } from '../../api/request';
import type { Login as Answer, Person } from '../../api/types';
import { words } from '../../i18n/words';
import { session } from '../../state/session';
import { LanguageButton, ThemeButton } from '../parts/look-buttons';
import { AccountForm } from './account-form';
import { PersonaCard } from './persona-card';
import './login.css';

/** Seeded by the backend; the password is the name. */
const PERSONAS: readonly Person[] = [
  { id: 'ann', displayName: 'Ann Lee', hue: 340, online: false },
  { id: 'bob', displayName: 'Bob Chen', hue: 215, online: false },
];

export function Login() {
  const isBusy = useSignal(false);
  const problem = useSignal('');
  const { login, name, tagline } = words.value;

  async function enter(ask: () => Promise<Answer>): Promise<void> {
    if (isBusy.value) return;
    isBusy.value = true;
    problem.value = '';
    try {
      session.value = await ask();
    } catch (error) {
      problem.value = error instanceof Unreachable ? words.value.login.unreachable : reasonOf(error);
    }
    isBusy.value = false;
  }

  return (
    <div class="login">
      <div class="login-look">
        <LanguageButton />
        <ThemeButton />
      </div>
      <main class="login-card">
        <header class="login-head">
          <img src="/icon.svg" width="60" height="60" alt="" />
          <h1>{name}</h1>
          <p>{tagline}</p>
        </header>
        <p class="login-lead">{login.lead}</p>
        <div class="login-personas">
          {PERSONAS.map((persona) => (
            <PersonaCard
              key={persona.id}
              persona={persona}
              isBusy={isBusy.value}
              onChoose={() => void enter(() => api.login(persona.id, persona.id))}
            />
          ))}
        </div>
        <div class="login-or">{login.or}</div>
        <AccountForm isBusy={isBusy.value} onEnter={(ask) => void enter(ask)} />
        <p class="login-problem" role="alert">
          {problem.value}
        </p>
        <p class="login-note">{login.note}</p>
      </main>
    </div>
  );
}
