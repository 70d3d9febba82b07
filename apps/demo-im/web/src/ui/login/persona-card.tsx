import type { Person } from '../../api/types';
import { words } from '../../i18n/words';
import { firstOf } from '../../state/people';
import { Avatar } from '../parts/avatar';

interface Props {
  persona: Person;
  isBusy: boolean;
  onChoose: () => void;
}

/** One click, and one is somebody. */
export function PersonaCard({ persona, isBusy, onChoose }: Props) {
  const { id, displayName } = persona;
  return (
    <button
      type="button"
      class="persona"
      data-testid={`login-${id}`}
      aria-label={words.value.login.as(displayName)}
      disabled={isBusy}
      onClick={onChoose}
    >
      <Avatar person={persona} size={52} />
      <span class="persona-name">{firstOf(displayName)}</span>
      <span class="persona-full">{displayName}</span>
    </button>
  );
}
