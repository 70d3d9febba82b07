import { words } from '../../i18n/words';
import { line } from '../../lab/network';
import { isLabOpen, openLab } from '../../lab/panel';
import { Icon } from './icon';
import './lab-button.css';

/** There is one on the screen: in the list's footer, or where a phone shows only the chat, there. */
export function LabButton({ isWide = false }: { isWide?: boolean }) {
  const { lab } = words.value.tools;
  return (
    <button
      type="button"
      class="lab-button"
      aria-label={lab}
      title={lab}
      aria-expanded={isLabOpen.value}
      data-testid="lab-open"
      data-line={line.state.value}
      onClick={() => (isLabOpen.value ? (isLabOpen.value = false) : openLab())}
    >
      <Icon name="flask" />
      {isWide && <span>{lab}</span>}
    </button>
  );
}
