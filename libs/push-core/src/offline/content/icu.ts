import { IntlMessageFormat } from 'intl-messageformat';

export type TextValues = Readonly<Record<string, string | number>>;

/** A text in ICU message format, ready to be used. */
export interface Compiled {
  /** Undefined where the text cannot be made of these values: one is missing, or is no number where one is wanted. */
  format(values: TextValues): string | undefined;
}

/** Throws where the text is not in ICU message format. Tags are text like any other: nothing here makes markup. */
export function compileIcu(text: string, locale: string): Compiled {
  const message = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true });
  return {
    format(values) {
      try {
        // Without a prototype: `{constructor}` is a value that is missing.
        const bare = Object.assign(Object.create(null) as Record<string, string | number>, values);
        const words: unknown = message.format(bare);
        return typeof words === 'string' ? words : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

type Elements = ReturnType<IntlMessageFormat['getAst']>;

/** Why this is not in ICU message format, and where; undefined where it is. */
export function icuProblem(text: string, locale: string): string | undefined {
  try {
    tryEach(new IntlMessageFormat(text, locale, undefined, { ignoreTag: true }).getAst(), locale);
    return undefined;
  } catch (error) {
    return describe(error);
  }
}

/** Some mistakes (a currency that does not exist) only show in use, and only in the branch they stand in. */
function tryEach(elements: Elements, locale: string): void {
  for (const element of elements) {
    if ('options' in element) {
      for (const option of Object.values(element.options)) tryEach(option.value, locale);
    } else if ('style' in element) {
      // 1 is a number and a date.
      new IntlMessageFormat([element], locale).format({ [element.value]: 1 });
    }
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be read';
  const start = (error as { location?: { start?: { line: number; column: number } } }).location?.start;
  const what = error.message.toLowerCase().replaceAll('_', ' ').slice(0, 120);
  return start ? `${what}, at line ${start.line}, column ${start.column}` : what;
}
