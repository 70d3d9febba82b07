import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import { words } from '../../i18n/words';
import { person } from '../../state/session';
import { say } from '../../state/toast';
import { useAction } from '../../state/use-action';
import { TextField } from '../../ui/parts/field';
import { ProblemNote } from '../../ui/parts/problem-note';

const SHORTEST = 12;

export function PasswordForm({ onDone }: { onDone: () => Promise<void> }) {
  const { account } = words.value;
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [isJudged, setJudged] = useState(false);
  const isShort = [...next].length < SHORTEST;
  const differs = next !== again;
  const change = useAction(async () => {
    await api.me.password(current, next);
    setCurrent('');
    setNext('');
    setAgain('');
    setJudged(false);
    say(account.changed, 'good');
    await onDone();
  });
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        setJudged(true);
        if (!isShort && !differs) void change.run();
      }}
    >
      <input
        type="text"
        class="visually-hidden"
        autocomplete="username"
        value={person.value?.name}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <TextField
        label={account.current}
        type="password"
        value={current}
        onValue={setCurrent}
        autoComplete="current-password"
        isRequired
        testId="current-password"
        error={change.problem?.field === 'current' ? change.problem.message : undefined}
      />
      <TextField
        label={account.next}
        hint={account.rule}
        type="password"
        value={next}
        onValue={setNext}
        autoComplete="new-password"
        isRequired
        testId="new-password"
        error={isJudged && isShort ? account.tooShort : undefined}
      />
      <TextField
        label={account.repeat}
        type="password"
        value={again}
        onValue={setAgain}
        autoComplete="new-password"
        isRequired
        testId="repeat-password"
        error={isJudged && !isShort && differs ? account.notSame : undefined}
      />
      <ProblemNote error={change.problem?.field === 'current' ? undefined : change.problem} />
      <div>
        <button type="submit" class="button button-primary" data-testid="change-password" disabled={change.isBusy}>
          {account.change}
        </button>
      </div>
    </form>
  );
}
