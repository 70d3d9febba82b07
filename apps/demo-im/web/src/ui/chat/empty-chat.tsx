import { words } from '../../i18n/words';
import { openLab } from '../../lab/panel';
import { Icon, type IconName } from '../parts/icon';
import './empty-chat.css';

const SIGNS: readonly IconName[] = ['pen', 'windows', 'flask'];

/** No room is open: what there is to try. */
export function EmptyChat() {
  const { empty, tools } = words.value;
  return (
    <section class="empty-chat">
      <img src="/icon.svg" width="68" height="68" alt="" />
      <h2>{empty.title}</h2>
      <ol>
        {empty.steps.map(({ title, text }, index) => (
          <li key={index}>
            <span class="empty-chat-sign">
              <Icon name={SIGNS[index] ?? 'pen'} />
            </span>
            <div>
              <h3>{title}</h3>
              <p>{text}</p>
            </div>
          </li>
        ))}
      </ol>
      <div class="empty-chat-buttons">
        <a class="button button-plain" href="?device=second" target="_blank" rel="noopener">
          {empty.second}
        </a>
        <button type="button" class="button button-plain" onClick={() => openLab()}>
          {tools.lab}
        </button>
      </div>
    </section>
  );
}
