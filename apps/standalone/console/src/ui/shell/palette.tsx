import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api } from '../../api/calls';
import { words } from '../../i18n/words';
import { address, go } from '../../state/route';
import { isServerAdmin } from '../../state/session';
import { chooseTenant, tenant } from '../../state/tenant';
import { Plain } from '../parts/plain';
import { pages } from './page-list';
import { addressOfPage } from './rail';

export const isPaletteOpen = signal(false);
export const openPalette = (): void => {
  isPaletteOpen.value = true;
};
const close = (): void => {
  isPaletteOpen.value = false;
};

interface Found {
  readonly key: string;
  readonly text: string;
  readonly kind: string;
  readonly open: () => void;
}

const TYPING_MS = 180;
const FEW = 6;

/** What the server knows that begins so: users of the tenant, and tenants. */
function useNames(typed: string): { readonly users: readonly string[]; readonly tenants: readonly string[] } {
  const [names, setNames] = useState<{ users: readonly string[]; tenants: readonly string[] }>({
    users: [],
    tenants: [],
  });
  const all = useRef<readonly string[]>([]);
  useEffect(() => {
    if (isServerAdmin.value)
      void api.tenants
        .list(undefined, undefined, 200)
        .then(({ tenants }) => (all.current = tenants.map(({ id }) => id)))
        .catch(() => {});
  }, []);
  useEffect(() => {
    if (typed === '') return setNames({ users: [], tenants: [] });
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const tenants = all.current.filter((id) => id.includes(typed)).slice(0, FEW);
      api.users.list(typed, undefined, stop.signal, FEW).then(
        ({ users }) => setNames({ users: users.map(({ user }) => user), tenants }),
        () => !stop.signal.aborted && setNames({ users: [], tenants }),
      );
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [typed]);
  return names;
}

export function Palette() {
  const { palette, shell } = words.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const wanted = typed.trim();
  const { users, tenants } = useNames(wanted);
  useLayoutEffect(() => dialog.current?.showModal(), []);

  const at =
    (...parts: string[]) =>
    () =>
      go(address(...parts));
  const found: Found[] = pages.value
    .filter(({ name }) => `${shell.pages[name]} ${name}`.toLowerCase().includes(wanted.toLowerCase()))
    .map(({ name }) => ({
      key: `page-${name}`,
      text: shell.pages[name],
      kind: palette.page,
      open: () => go(addressOfPage(name)),
    }));
  for (const id of users) found.push({ key: `user-${id}`, text: id, kind: palette.user, open: at('users', id) });
  for (const id of tenants)
    if (id !== tenant.value)
      found.push({ key: `tenant-${id}`, text: id, kind: palette.tenant, open: () => chooseTenant(id) });
  if (wanted !== '' && !/\s/.test(wanted)) {
    if (!users.includes(wanted))
      found.push({ key: 'as-user', text: palette.openUser(wanted), kind: palette.user, open: at('users', wanted) });
    found.push({ key: 'as-topic', text: palette.openTopic(wanted), kind: palette.topic, open: at('topics', wanted) });
    found.push({
      key: 'as-message',
      text: palette.openMessage(wanted),
      kind: palette.message,
      open: at('messages', wanted),
    });
  }
  const current = Math.min(chosen, found.length - 1);

  function take(one: Found | undefined): void {
    if (one === undefined) return;
    close();
    one.open();
  }

  function onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      const next = (current + step + found.length) % Math.max(1, found.length);
      setChosen(next);
      document.getElementById(`found-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      take(found[current]);
    }
  }

  return (
    <dialog
      ref={dialog}
      class="dialog palette"
      aria-label={palette.title}
      data-testid="palette"
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-found"
        aria-activedescendant={current >= 0 ? `found-${current}` : undefined}
        aria-label={palette.title}
        placeholder={palette.placeholder}
        autofocus
        autocomplete="off"
        spellcheck={false}
        value={typed}
        data-testid="palette-input"
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKey}
      />
      <ul id="palette-found" role="listbox" aria-label={palette.title}>
        {found.length === 0 && (
          <li role="option" aria-selected="false" aria-disabled="true">
            {palette.nothing}
          </li>
        )}
        {found.map((one, i) => (
          <li key={one.key} id={`found-${i}`} role="option" aria-selected={i === current} onClick={() => take(one)}>
            <span>
              <Plain text={one.text} />
            </span>
            <small>{one.kind}</small>
          </li>
        ))}
      </ul>
      <p class="palette-hint">{palette.hint}</p>
    </dialog>
  );
}
