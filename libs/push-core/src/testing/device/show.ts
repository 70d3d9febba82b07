import { inspect } from 'node:util';

/** A value on one line. */
export const show = (value: unknown): string =>
  inspect(value, { depth: 6, breakLength: Infinity, maxArrayLength: 20, maxStringLength: 200 });

/** An entry on one line: what it is, where it came from, what is in it. */
export function showEntry(one: {
  readonly type: string;
  readonly thread?: string;
  readonly data?: unknown;
  readonly stream?: string;
  readonly seq?: number;
}): string {
  const place = one.stream === undefined ? [] : [`(${one.stream} ${one.seq})`];
  const thread = one.thread === undefined ? [] : [`in ${one.thread}`];
  return [one.type, ...thread, show(one.data), ...place].join(' ');
}

/** The clock's time, without the day. */
export const showTime = (atMs: number): string => new Date(atMs).toISOString().slice(11, 23);

export const showList = (title: string, lines: readonly string[], none: string): string =>
  lines.length === 0 ? none : [title, ...lines.map((line) => `  ${line}`)].join('\n');
