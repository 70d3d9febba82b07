import { words } from '../i18n/words';
import { reconnect } from '../push/life';
import { notice, toCatchUp } from '../state/connection';
import { pendingCount } from '../state/outbox';
import './banner.css';

/** What is the matter with the connection, as far as it matters to whoever writes. */
export function Banner() {
  const { banner } = words.value;
  const kind = notice.value;
  const texts = {
    offline: [banner.offline, pendingCount.value > 0 ? banner.waiting(pendingCount.value) : ''],
    catching_up: [banner.catchingUp, toCatchUp.value > 0 ? banner.left(toCatchUp.value) : ''],
    sending: [banner.sending(pendingCount.value), ''],
    replaced: [banner.replaced, ''],
    none: ['', ''],
  } as const;
  const [text, count] = texts[kind];
  return (
    <div class="banner" data-kind={kind} role="status" aria-live="polite">
      {kind !== 'none' && (
        <div class="banner-line" data-testid="banner" data-kind={kind}>
          <span class="banner-sign" aria-hidden="true" />
          <span>{text}</span>
          {count !== '' && <span class="banner-count">{count}</span>}
          {kind === 'replaced' && (
            <button type="button" class="banner-button" onClick={reconnect}>
              {banner.takeBack}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
