/** A table of options, as a page has it under `<!-- options: Limits of libs/…/options.ts, without clock -->`. */
export interface OptionTable {
  readonly name: string;
  readonly file: string;
  readonly without: readonly string[];
  /** The default as it is written, by option. */
  readonly defaults: ReadonlyMap<string, string>;
}

const TABLE = /<!-- options: (\w+) of (\S+?)(?:, without ([\w ]+?))? -->\s*\n((?:\|.*\n)+)/g;

export const optionTables = (markdown: string): readonly OptionTable[] =>
  [...markdown.matchAll(TABLE)].map(([, name, file, without, rows]) => ({
    name: name as string,
    file: file as string,
    without: without?.split(' ') ?? [],
    defaults: new Map(rowsOf(rows as string)),
  }));

const rowsOf = (rows: string): [string, string][] =>
  rows
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => {
      const [, option = '', , standard = ''] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
      return [option.replaceAll('`', ''), standard];
    });

/** The first number of a default, as written in code: `10000` of "`10000` ms". */
export const numberIn = (text: string | undefined): number | undefined => {
  const [, digits] = /`(\d+)`/.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
};
