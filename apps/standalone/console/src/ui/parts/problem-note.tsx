import { Problem } from '../../api/problem';
import { words } from '../../i18n/words';

/** What went wrong, in the server's words, and what helps. */
export function ProblemNote({ error, again }: { error: unknown; again?: () => void }) {
  if (error === undefined || error === null) return null;
  const { code, message, field } = Problem.from(error);
  const { problem } = words.value;
  const { remedies } = problem;
  // A refusal about one field says itself what is wrong with it.
  const isKnown = code in remedies && !(code === 'NOT_ALLOWED' && field !== undefined);
  const remedy = isKnown ? remedies[code as keyof typeof remedies] : undefined;
  return (
    <div class="problem" role="alert" data-testid="problem" data-code={code}>
      <p class="problem-text">{code === 'UNREACHABLE' ? problem.title : message}</p>
      {remedy !== undefined && <p>{remedy}</p>}
      <p class="code-name">
        {code}
        {field !== undefined && ` · ${problem.field(field)}`}
      </p>
      {again && (
        <div>
          <button type="button" class="button button-small" onClick={again}>
            {problem.again}
          </button>
        </div>
      )}
    </div>
  );
}
