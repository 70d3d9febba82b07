import { useSignal } from '@preact/signals';
import { api } from '../../api/calls';
import type { Login } from '../../api/types';
import { words } from '../../i18n/words';

interface Props {
  isBusy: boolean;
  onEnter: (ask: () => Promise<Login>) => void;
}

export function AccountForm({ isBusy, onEnter }: Props) {
  const isNew = useSignal(false);
  const { login } = words.value;

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const [name, shown, password] = ['name', 'displayName', 'password'].map((field) => textOf(data.get(field)));
    if (isNew.value) onEnter(() => api.register(name ?? '', shown || (name ?? ''), password ?? ''));
    else onEnter(() => api.login(name ?? '', password ?? ''));
  }

  return (
    <form class="login-form" onSubmit={submit}>
      <div class="login-fields">
        <label class="field">
          <span>{login.name}</span>
          <input name="name" required autocomplete="username" autocapitalize="none" spellcheck={false} />
        </label>
        {isNew.value && (
          <label class="field">
            <span>{login.displayName}</span>
            <input name="displayName" autocomplete="name" />
          </label>
        )}
        <label class="field">
          <span>{login.password}</span>
          <input
            name="password"
            type="password"
            required
            autocomplete={isNew.value ? 'new-password' : 'current-password'}
          />
        </label>
      </div>
      <button type="submit" class="button button-plain" disabled={isBusy} data-testid="login-submit">
        {isBusy ? login.busy : isNew.value ? login.register : login.submit}
      </button>
      <button
        type="button"
        class="button button-text"
        data-testid="login-switch"
        onClick={() => (isNew.value = !isNew.value)}
      >
        {isNew.value ? login.toLogin : login.toRegister}
      </button>
    </form>
  );
}

const textOf = (value: FormDataEntryValue | null): string => (typeof value === 'string' ? value.trim() : '');
