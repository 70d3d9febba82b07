import type { Tick } from '../../chat/lines';
import { words } from '../../i18n/words';
import './ticks.css';

/** How far an own message has come. */
export function Ticks({ tick }: { tick: Tick }) {
  return (
    <span class={`ticks ticks-${tick}`} role="img" aria-label={words.value.ticks[tick]} title={words.value.ticks[tick]}>
      <svg width="17" height="12" viewBox="0 0 17 12" aria-hidden="true">
        {tick === 'pending' ? (
          <path d="M8.500 1.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9ZM8.500 3.600V6l1.600 1" />
        ) : (
          <path d={tick === 'sent' ? 'M4 6.500l3 3 6-7' : 'M1.500 6.500l3 3 6-7M7.700 8.600l.8.9 6-7'} />
        )}
      </svg>
    </span>
  );
}
