import { words } from '../../i18n/words';
import { say } from '../../state/toast';
import { optIn, turnOnWebPush } from '../../webpush/opt-in';
import { Icon } from '../parts/icon';
import { IconButton } from '../parts/icon-button';

/** Asks for permission only here, behind a click; where there is nothing to ask, it says how things are. */
export function WebPushButton() {
  const state = optIn.value;
  const { push } = words.value.tools;
  const label = state.kind === 'failed' ? push.failed(state.reason) : push[state.kind];
  const hasDot = state.kind !== 'unsupported' && state.kind !== 'off';
  const canTry = state.kind === 'off' || state.kind === 'failed';

  async function press(): Promise<void> {
    if (!canTry) {
      say(label);
      return;
    }
    await turnOnWebPush();
    const now = optIn.value;
    say(now.kind === 'failed' ? push.failed(now.reason) : push[now.kind]);
  }

  return (
    <IconButton label={label} testId="webpush" state={state.kind} onClick={() => void press()}>
      <Icon name={state.kind === 'unsupported' || state.kind === 'denied' ? 'bellOff' : 'bell'} />
      {hasDot && <span class="web-push-dot" data-state={state.kind} />}
    </IconButton>
  );
}
