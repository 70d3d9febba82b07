import { signal } from '@preact/signals';
import { words } from '../../i18n/words';
import { go } from '../../state/route';
import { Dialog } from '../parts/dialog';
import { pages } from './page-list';
import { isPaletteOpen, openPalette } from './palette';
import { addressOfPage } from './rail';

export const isHelpOpen = signal(false);
const THEN_MS = 1200;
let waitsSince = 0;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;

/** `Ctrl+K` everywhere; single keys only where nobody types and nothing is open. */
export function onShortcut(event: KeyboardEvent): void {
  if (event.isComposing || event.defaultPrevented) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    if (!isPaletteOpen.value && document.querySelector('dialog[open]') === null) openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
  const isSecond = performance.now() - waitsSince < THEN_MS;
  waitsSince = 0;
  const page = isSecond ? pages.value.find(({ key }) => key === event.key) : undefined;
  if (page !== undefined) {
    event.preventDefault();
    go(addressOfPage(page.name));
  } else if (event.key === 'g') waitsSince = performance.now();
  else if (event.key === '?') isHelpOpen.value = true;
  else if (event.key === '/') {
    const field = document.querySelector<HTMLInputElement>('[data-search]');
    if (field === null) return;
    event.preventDefault();
    field.focus();
  }
}

export function ShortcutsDialog() {
  const { shortcuts, shell, act } = words.value;
  const close = () => (isHelpOpen.value = false);
  return (
    <Dialog title={shortcuts.title} onClose={close} testId="shortcuts">
      <dl class="keys-list">
        <dt>
          <kbd>Ctrl</kbd> <kbd>K</kbd>
        </dt>
        <dd>{shortcuts.palette}</dd>
        <dt>
          <kbd>/</kbd>
        </dt>
        <dd>{shortcuts.search}</dd>
        <dt>
          <kbd>?</kbd>
        </dt>
        <dd>{shortcuts.help}</dd>
        <dt>
          <kbd>Esc</kbd>
        </dt>
        <dd>{shortcuts.leave}</dd>
        {pages.value.map(({ name, key }) => (
          <>
            <dt key={name}>
              <kbd>g</kbd> <span class="quiet">{shortcuts.then}</span> <kbd>{key}</kbd>
            </dt>
            <dd>{shell.pages[name]}</dd>
          </>
        ))}
      </dl>
      <div class="buttons">
        <button type="button" class="button" onClick={close}>
          {act.close}
        </button>
      </div>
    </Dialog>
  );
}
