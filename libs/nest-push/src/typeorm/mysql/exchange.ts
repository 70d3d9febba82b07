import type { Row } from '../sql-connection.js';
import type { Step, Steps } from '../steps.js';

/** A statement that answers nothing: it can travel with what comes next. */
export interface QuietStep extends Step {
  readonly quiet: true;
}

export const quiet = (sql: string, parameters: readonly unknown[]): QuietStep => ({ sql, parameters, quiet: true });

const isQuiet = (one: Step): boolean => (one as Partial<QuietStep>).quiet === true;

/** What waits to travel with the next statement: enough to save exchanges, far below `max_allowed_packet`. */
const CHARACTERS = 512 * 1024;

const lengthOf = ({ sql, parameters }: Step): number => {
  let characters = sql.length;
  for (const one of parameters) if (typeof one === 'string') characters += one.length;
  return characters;
};

/** Where statements go; answers the rows of the last. */
export interface Exchange {
  run(...steps: readonly Step[]): Promise<Row[]>;
}

/**
 * Tells a unit of work in as few exchanges as its answers allow: `first` travels with the first statement, quiet ones with
 * what follows them, the last ones with `last`. `ending` is called before what `last` is in is sent.
 */
export async function tell<T>(
  to: Exchange,
  unit: () => Steps<T>,
  first: readonly Step[],
  last: readonly Step[] = [],
  ending: () => void = () => {},
): Promise<T> {
  let together = [...first];
  let characters = 0;
  const steps = unit();
  let next = steps.next();
  while (!next.done) {
    const one = next.value;
    together.push(one);
    characters += lengthOf(one);
    let rows: Row[] = [];
    if (!isQuiet(one) || characters > CHARACTERS) {
      const sent = together;
      together = [];
      characters = 0;
      rows = await to.run(...sent);
    }
    next = steps.next(rows);
  }
  ending();
  together.push(...last);
  if (together.length > 0) await to.run(...together);
  return next.value;
}
