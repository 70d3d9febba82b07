import { span } from '../../i18n/times';
import { words } from '../../i18n/words';
import { line } from '../../lab/network';
import { killNode, node, setLine } from '../../lab/panel';
import { Icon, type IconName } from '../parts/icon';
import './controls.css';

interface Control {
  id: string;
  icon: IconName;
  label: string;
  hint: string;
  tone: 'bad' | 'good';
  isOn?: boolean;
  isOff?: boolean;
  press: () => void;
}

export function Controls() {
  const { lab } = words.value;
  const state = line.state.value;
  const controls: readonly Control[] = [
    {
      ...{ id: 'lab-cut', icon: 'cut', label: lab.cut, hint: lab.cutHint, tone: 'bad' },
      isOn: state === 'cut',
      press: () => setLine('cut'),
    },
    {
      ...{ id: 'lab-half-open', icon: 'halfOpen', label: lab.halfOpen, hint: lab.halfOpenHint, tone: 'bad' },
      isOn: state === 'half-open',
      press: () => setLine('half-open'),
    },
    {
      ...{ id: 'lab-restore', icon: 'restore', label: lab.restore, hint: lab.restoreHint, tone: 'good' },
      isOff: state === 'up',
      press: () => setLine('up'),
    },
    {
      ...{ id: 'lab-kill', icon: 'skull', label: lab.kill, hint: lab.killHint, tone: 'bad' },
      isOff: node.value?.lab === false,
      press: () => void killNode(),
    },
  ];
  return (
    <div class="controls">
      <div class="controls-grid">
        {controls.map(({ id, icon, label, hint, tone, isOn, isOff, press }) => (
          <button
            key={id}
            type="button"
            class="control"
            data-testid={id}
            data-tone={tone}
            aria-pressed={isOn}
            disabled={isOff}
            onClick={press}
          >
            <Icon name={icon} />
            <span class="control-label">{label}</span>
            <span class="control-hint">{hint}</span>
          </button>
        ))}
      </div>
      <p class="controls-state" data-line={state} data-testid="lab-line">
        <span>{{ up: lab.up, cut: lab.isCut, 'half-open': lab.isHalfOpen }[state]}</span>
        {node.value !== undefined && state === 'up' && (
          <span title={lab.uptime(span(node.value.uptimeMs))}>{lab.node(node.value.pid, node.value.connections)}</span>
        )}
      </p>
    </div>
  );
}
