import type { Counts } from '../../api/types';
import { number } from '../../i18n/numbers';
import { words } from '../../i18n/words';
import './message-page.css';

const ORDER = ['recipients', 'delivered', 'read', 'notified', 'failed', 'expired'] as const;

/** How many it was for, and how far they are. */
export function CountsStrip({ counts }: { counts: Counts }) {
  return (
    <dl class="counts" data-testid="counts">
      {ORDER.map((name) => (
        <div key={name} data-what={name} data-none={counts[name] === 0 ? '' : undefined}>
          <dt>{words.value.messages.counts[name]}</dt>
          <dd class="figures" data-testid={`count-${name}`}>
            {number(counts[name])}
          </dd>
        </div>
      ))}
    </dl>
  );
}
