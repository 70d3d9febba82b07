import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { api } from '../../api/calls';
import { askSession } from '../../api/request';
import { words } from '../../i18n/words';
import { isNarrow } from '../../state/preferences';
import { address, place } from '../../state/route';
import { person } from '../../state/session';
import { mayChooseTenant, tenant } from '../../state/tenant';
import { useAction } from '../../state/use-action';
import { Icon } from '../parts/icon';
import { Link } from '../parts/link';
import { openPalette } from './palette';
import { Rail } from './rail';
import { isChoosingTenant } from './tenant-dialog';

const isDrawerOpen = signal(false);

export function Bar() {
  const { shell } = words.value;
  const leave = useAction(async () => {
    await api.me.signOut();
    await askSession();
  });
  return (
    <header class="bar">
      {isNarrow.value && (
        <button
          type="button"
          class="button button-bare button-icon"
          data-testid="menu"
          aria-label={shell.menu}
          onClick={() => (isDrawerOpen.value = true)}
        >
          <Icon name="menu" />
        </button>
      )}
      {mayChooseTenant.value ? (
        <button
          type="button"
          class="tenant"
          data-testid="tenant"
          aria-haspopup="dialog"
          title={shell.chooseTenant}
          onClick={() => (isChoosingTenant.value = true)}
        >
          <small>{shell.tenant}</small>
          <b>{tenant.value}</b>
          <Icon name="swap" size={14} />
        </button>
      ) : (
        <span class="tenant" data-testid="tenant">
          <small>{shell.tenant}</small>
          <b>{tenant.value}</b>
        </span>
      )}
      <span class="bar-gap" />
      <button
        type="button"
        class="goto"
        data-testid="goto"
        aria-label={shell.search}
        aria-keyshortcuts="Control+K"
        onClick={openPalette}
      >
        <Icon name="search" size={16} />
        <span>{shell.search}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <Link to={address('account')} class="button button-bare" testId="account-link">
        <Icon name="person" size={16} />
        {isNarrow.value ? <span class="visually-hidden">{person.value?.name}</span> : person.value?.name}
      </Link>
      <button
        type="button"
        class="button button-bare button-icon"
        data-testid="sign-out"
        aria-label={shell.signOut}
        title={shell.signOut}
        disabled={leave.isBusy}
        onClick={() => void leave.run()}
      >
        <Icon name="out" />
      </button>
      {isDrawerOpen.value && <Drawer />}
    </header>
  );
}

function Drawer() {
  const drawer = useRef<HTMLDialogElement>(null);
  const close = () => (isDrawerOpen.value = false);
  const opened = useRef(place.value);
  useLayoutEffect(() => drawer.current?.showModal(), []);
  // A page was chosen.
  useEffect(() => {
    if (place.value !== opened.current) close();
  }, [place.value]);
  return (
    <dialog
      ref={drawer}
      class="drawer"
      aria-label={words.value.shell.menu}
      onClose={close}
      onClick={(event) => event.target === drawer.current && close()}
    >
      <Rail />
    </dialog>
  );
}
