import { words } from '../../i18n/words';
import { Icon } from '../parts/icon';

export function ToBottom({ below, onClick }: { below: number; onClick: () => void }) {
  const { chat } = words.value;
  return (
    <button type="button" class="to-bottom" data-new={below > 0} aria-label={chat.toBottom} onClick={onClick}>
      <Icon name="down" size={19} />
      {below > 0 && chat.newBelow(below)}
    </button>
  );
}
