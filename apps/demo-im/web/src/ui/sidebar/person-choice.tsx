import { ago } from '../../i18n/times';
import { words } from '../../i18n/words';
import { personOf } from '../../state/people';
import { Avatar } from '../parts/avatar';
import { Icon } from '../parts/icon';

interface Props {
  person: string;
  isChosen: boolean;
  onToggle: () => void;
}

export function PersonChoice({ person, isChosen, onToggle }: Props) {
  const { displayName, online, lastSeenAt } = personOf(person);
  const { chat } = words.value;
  const seen = lastSeenAt === undefined ? chat.offline : chat.lastSeen(ago(lastSeenAt));
  return (
    <li>
      <label class="person-choice" data-testid={`person-${person}`}>
        <input type="checkbox" class="visually-hidden" checked={isChosen} onChange={onToggle} />
        <Avatar person={person} size={40} dot />
        <span class="person-choice-name">{displayName}</span>
        <span class="person-choice-seen">{online ? chat.online : seen}</span>
        <span class="person-choice-mark">{isChosen && <Icon name="check" size={16} />}</span>
      </label>
    </li>
  );
}
