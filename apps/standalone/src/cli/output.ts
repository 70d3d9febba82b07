/** A piece of a table; numbers stand to the right. */
type Cell = string | number | undefined;

const COLOURS = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;
export type Colour = keyof typeof COLOURS;

/** Where a command says what it found. With `--json` only documents are printed, and nothing for people. */
export class Output {
  constructor(
    readonly json: boolean,
    private readonly colours = process.stdout.isTTY === true && !process.env.NO_COLOR,
  ) {}

  /** The one answer of a command. */
  document(value: unknown, text: () => string): void {
    write(this.json ? JSON.stringify(value) : text());
  }

  /** One of many, as it comes. */
  line(value: unknown, text: () => string): void {
    this.document(value, text);
  }

  /** For people, beside the answer. */
  note(text: string): void {
    if (!this.json) process.stderr.write(`${text}\n`);
  }

  paint(colour: Colour, text: string): string {
    return this.colours ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;
  }

  table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
    const texts = rows.map((row) => headings.map((_, at) => shown(row[at])));
    const widths = headings.map((heading, at) => Math.max(heading.length, ...texts.map((row) => row[at]?.length ?? 0)));
    const right = headings.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'));
    const line = (cells: readonly string[]): string =>
      cells
        .map((cell, at) => (right[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd();
    return [this.paint('bold', line(headings)), ...texts.map(line)].join('\n');
  }
}

/** Names and values under each other. */
export function pairs(values: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${name.padEnd(width)}  ${plain(value)}`).join('\n');
}

export const timeText = (at: number | undefined): string =>
  at === undefined
    ? ''
    : new Date(at)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, 'Z');

const plain = (value: unknown): string => (typeof value === 'string' ? harmless(value) : JSON.stringify(value));

/** Texts of others must not move the cursor or colour the terminal. */
const shown = (cell: Cell): string => harmless(String(cell ?? ''));

// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
export const harmless = (text: string): string => text.replace(CONTROL, '·');

const write = (text: string): void => void process.stdout.write(`${text}\n`);
