import { words } from '../../i18n/words';
import { clientState, transport } from '../../state/connection';
import './state-chip.css';

/** How the push client stands, and what it runs over. */
export function StateChip() {
  const { link } = words.value;
  const state = clientState.value;
  const over = transport.value;
  return (
    <span class="state-chip" data-testid="state" data-state={state} data-transport={over ?? ''}>
      <span class="state-chip-dot" aria-hidden="true" />
      {link[state]}
      {over !== undefined && <span class="state-chip-over">{link[over]}</span>}
    </span>
  );
}
