import type { Explanation, Step } from '../../api/types';
import { dateTime, duration, preciseClock } from '../../i18n/numbers';
import { wordFor, words } from '../../i18n/words';
import { language } from '../../state/preferences';
import { address } from '../../state/route';
import { Link } from '../../ui/parts/link';
import { Plain } from '../../ui/parts/plain';

type Tone = 'good' | 'wait' | 'bad' | 'told' | 'plain';

const TONES: Readonly<Record<string, Tone>> = {
  delivered: 'good',
  read: 'good',
  notified: 'told',
  shown: 'told',
  opened: 'told',
  sending: 'told',
  waiting: 'wait',
  scheduled: 'wait',
  suppressed: 'wait',
  stored: 'plain',
  failed: 'bad',
  dead: 'bad',
  expired: 'bad',
  recalled: 'bad',
  not_addressed: 'bad',
};
const toneOf = (what: string): Tone => TONES[what] ?? 'plain';
/** Of what was delivered, a notification that nobody asked for is no warning. */
const toneIn = (outcome: string, what: string): Tone =>
  what === 'suppressed' && (outcome === 'delivered' || outcome === 'read') ? 'plain' : toneOf(what);
/** Between two steps: as long a line as there was time, within reason. */
const gapOf = (ms: number): number => Math.round(Math.min(64, 6 + 7 * Math.log10(1 + Math.max(0, ms))));

/** The steps of a story on one line of time, under the last word and what it means. */
export function Timeline({ explanation: { user, outcome, steps } }: { explanation: Explanation }) {
  const { story } = words.value;
  const timed = steps.filter((step) => step.at !== undefined);
  const states = steps.filter((step) => step.at === undefined);
  return (
    <div class="story" data-testid="explain" data-outcome={outcome}>
      <Verdict user={user} outcome={outcome} steps={steps} />
      <ol class="timeline" data-testid="explain-steps">
        {timed.map((step, i) => (
          <TimelineStep key={i} tone={toneIn(outcome, step.what)} step={step} before={timed[i - 1]?.at} />
        ))}
        {states.map((step, i) => (
          <TimelineStep
            key={`state-${i}`}
            tone={toneIn(outcome, step.what)}
            step={step}
            before={undefined}
            isLast={i === states.length - 1}
          />
        ))}
      </ol>
      <p class="visually-hidden">{wordFor(story.outcomes, outcome)}</p>
    </div>
  );
}

function Verdict({ user, outcome, steps }: { user: string; outcome: string; steps: readonly Step[] }) {
  const { story } = words.value;
  const deciding =
    steps.findLast(({ what }) => what === outcome) ?? steps.findLast(({ what }) => what === 'suppressed');
  const remedies: Readonly<Record<string, string>> = story.remedies;
  const cause = [deciding?.reason, outcome].find((code) => code !== undefined && Object.hasOwn(remedies, code));
  return (
    <div class="verdict" data-tone={toneOf(outcome)} data-testid="verdict">
      <h3>
        <Link to={address('users', user)} class="mono">
          <Plain text={user} />
        </Link>
        <span>{wordFor(story.outcomes, outcome)}</span>
      </h3>
      {deciding !== undefined && !['delivered', 'read'].includes(outcome) && (
        <p>
          <b>{story.why}</b> {textOf(deciding)}
        </p>
      )}
      {cause !== undefined && (
        <p data-testid="remedy">
          <b>{story.todo}</b> {remedies[cause]?.replaceAll('{user}', user)}
        </p>
      )}
    </div>
  );
}

/** The server's own words; in another language those for the reason or the step, where there are some. */
function textOf(step: Step) {
  return <Plain text={language.value === 'en' ? step.text : (translated(step) ?? step.text)} />;
}

function translated({ what, reason, device, text }: Step): string | undefined {
  const { reasons, story } = words.value;
  if (reason !== undefined) return Object.hasOwn(reasons, reason) ? wordFor(reasons, reason) : undefined;
  const seq = /^Entry (\d+) /.exec(text)?.[1];
  if (what === 'stored' && seq !== undefined) return story.says.stored(seq);
  if (what === 'delivered' && device !== undefined) return story.says.delivered(device);
  if (what === 'accepted' || what === 'scheduled' || what === 'not_addressed') return story.says[what];
  return undefined;
}

interface TimelineStepProps {
  readonly step: Step;
  readonly tone: Tone;
  /** When the one before it was. */
  readonly before: number | undefined;
  readonly isLast?: boolean;
}

function TimelineStep({ step, tone, before, isLast }: TimelineStepProps) {
  const { story } = words.value;
  const { at, what, device, provider, attempts, reason } = step;
  const waited = at === undefined || before === undefined ? undefined : at - before;
  return (
    <>
      {waited !== undefined && waited > 0 && (
        <li
          class="timeline-gap"
          aria-hidden="true"
          style={{ '--gap': `${gapOf(waited)}px` }}
          data-long={waited >= 1000 ? '' : undefined}
        >
          <span>{story.since(duration(waited))}</span>
        </li>
      )}
      <li
        class="timeline-step"
        data-what={what}
        data-tone={tone}
        data-state={at === undefined ? '' : undefined}
        data-last={isLast === true ? '' : undefined}
      >
        <span class="timeline-when figures">
          {at === undefined ? (
            story.state
          ) : (
            <time dateTime={new Date(at).toISOString()} title={dateTime(at)}>
              {preciseClock(at)}
            </time>
          )}
        </span>
        <span class="timeline-dot" aria-hidden="true" />
        <div class="timeline-body">
          <h4>{wordFor(story.what, what)}</h4>
          <p>{textOf(step)}</p>
          {(device ?? provider ?? reason) !== undefined && (
            <p class="timeline-marks">
              {device !== undefined && (
                <span>
                  {story.device}{' '}
                  <code>
                    <Plain text={device} />
                  </code>
                </span>
              )}
              {provider !== undefined && (
                <span>
                  {story.provider} <code>{provider}</code>
                </span>
              )}
              {attempts !== undefined && attempts > 0 && <span>{story.attempts(attempts)}</span>}
              {reason !== undefined && <code>{reason}</code>}
            </p>
          )}
        </div>
      </li>
    </>
  );
}
