import { words } from '../../i18n/words';
import { clearLog } from '../../lab/log';
import { isLabOpen, labTab, type LabTab } from '../../lab/panel';
import { Icon } from '../parts/icon';
import { IconButton } from '../parts/icon-button';
import { Controls } from './controls';
import { LogView } from './log-view';
import { StoryView } from './story-view';
import './lab-panel.css';

/** A drawer beside the chat; on a phone a sheet over its lower half. */
export function LabPanel() {
  const { lab } = words.value;
  const tabs: readonly LabTab[] = ['log', 'explain'];
  return (
    <aside class="lab" aria-label={lab.title} data-testid="lab">
      <header class="lab-head">
        <div>
          <h2>{lab.title}</h2>
          <p>{lab.lead}</p>
        </div>
        <IconButton label={lab.close} testId="lab-close" onClick={() => (isLabOpen.value = false)}>
          <Icon name="close" />
        </IconButton>
      </header>
      <Controls />
      <div class="lab-tabs" role="tablist">
        {tabs.map((tab) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`lab-tab-${tab}`}
            aria-selected={labTab.value === tab}
            aria-controls="lab-view"
            data-testid={`lab-tab-${tab}`}
            onClick={() => (labTab.value = tab)}
          >
            {lab[tab]}
          </button>
        ))}
        {labTab.value === 'log' && (
          <button type="button" class="lab-clear" onClick={clearLog}>
            {lab.clear}
          </button>
        )}
      </div>
      <div class="lab-view" id="lab-view" role="tabpanel" aria-labelledby={`lab-tab-${labTab.value}`}>
        {labTab.value === 'log' ? <LogView /> : <StoryView />}
      </div>
    </aside>
  );
}
