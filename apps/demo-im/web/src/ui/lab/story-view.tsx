import type { Explanation } from '../../api/types';
import { words } from '../../i18n/words';
import { explain, story } from '../../lab/panel';
import { personOf } from '../../state/people';
import { Avatar } from '../parts/avatar';
import { StoryStep } from './story-step';
import './story-view.css';

/** What became of one message, for everybody it was for, as the server tells it. */
export function StoryView() {
  const { lab } = words.value;
  const now = story.value;
  if (now === undefined) return <p class="lab-quiet">{lab.choose}</p>;
  const told = Object.entries(now.told ?? {});
  return (
    <div class="story">
      <blockquote class="story-quote">
        <b>{personOf(now.message.from).displayName}</b>
        <span>{now.message.text}</span>
      </blockquote>
      {now.problem !== undefined && (
        <p class="story-problem" role="alert">
          {now.problem}
        </p>
      )}
      {now.told === undefined && now.problem === undefined && <p class="lab-quiet">{lab.asking}</p>}
      {now.told !== undefined && (
        <div data-testid="explain-steps">
          {told.length === 0 && <p class="lab-quiet">{lab.nobody}</p>}
          {told.map(([user, explanation]) => (
            <PersonStory key={user} user={user} explanation={explanation} />
          ))}
        </div>
      )}
      <button type="button" class="button button-plain story-again" onClick={() => void explain(now.message)}>
        {lab.again}
      </button>
    </div>
  );
}

function PersonStory({ user, explanation: { outcome, steps } }: { user: string; explanation: Explanation }) {
  const { outcomes } = words.value;
  const first = steps.find(({ at }) => at !== undefined)?.at;
  return (
    <section class="story-person" data-user={user}>
      <header>
        <Avatar person={user} size={28} />
        <h3>{personOf(user).displayName}</h3>
        <span class="story-outcome" data-outcome={outcome}>
          {isKey(outcomes, outcome) ? outcomes[outcome] : outcome}
        </span>
      </header>
      <ol>
        {steps.map((step, index) => (
          <StoryStep key={index} step={step} since={first} />
        ))}
      </ol>
    </section>
  );
}

const isKey = <T extends object>(record: T, key: PropertyKey): key is keyof T => Object.hasOwn(record, key);
