import type { Step } from '../../api/types';
import { preciseClock, span } from '../../i18n/times';
import { words } from '../../i18n/words';

const BAD = ['failed', 'dead', 'expired'];
const GOOD = ['delivered', 'read', 'notified', 'shown', 'opened'];

/** One step: when, what, why, and in the server's own words. */
export function StoryStep({ step, since }: { step: Step; since: number | undefined }) {
  const { at, what, reason, device, provider, text } = step;
  const names: Readonly<Record<string, string>> = words.value.steps;
  const tone = BAD.includes(what) ? 'bad' : GOOD.includes(what) ? 'good' : 'plain';
  const marks = [reason, provider, device].filter((mark) => mark !== undefined);
  return (
    <li class="story-step" data-what={what} data-tone={tone}>
      <p class="story-step-head">
        <b>{Object.hasOwn(names, what) ? names[what] : what}</b>
        {at !== undefined && (
          <time title={preciseClock(at)}>
            {since === undefined || at === since ? preciseClock(at) : `+${span(at - since)}`}
          </time>
        )}
      </p>
      <p class="story-step-text">{text}</p>
      {marks.length > 0 && (
        <p class="story-step-marks">
          {marks.map((mark) => (
            <code key={mark}>{mark}</code>
          ))}
        </p>
      )}
    </li>
  );
}
