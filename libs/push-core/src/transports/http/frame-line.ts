import type { GapFrame, SkipFrame, StreamName } from '../../wire.js';

/** One JSON object of the protocol, as a transport that translates sees it. */
export interface FrameLine {
  readonly op: string;
  /** The object, as JSON text without line breaks. */
  readonly text: string;
  /** Where the device is in a stream once it has this: of `push`, `gap` and `skip`. */
  readonly moves?: { readonly stream: StreamName; readonly to: number };
}

const PUSH = '{"op":"push","s":"';
const SEQ = '","seq":';
const OP = /^\{"op":"([a-z]+)"/;

export const frameLines = (text: string): FrameLine[] => text.split('\n').map(frameLine);

/** Pushes are only looked at as far as their `seq`: what they carry is not parsed on the way. */
function frameLine(text: string): FrameLine {
  if (text.startsWith(PUSH)) return { op: 'push', text, moves: pushPosition(text) };
  const op = OP.exec(text)?.[1] ?? '';
  if (op !== 'gap' && op !== 'skip') return { op, text };
  const { s, to } = JSON.parse(text) as GapFrame | SkipFrame;
  return { op, text, moves: { stream: s, to } };
}

function pushPosition(text: string): FrameLine['moves'] {
  let end = PUSH.length;
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  const name = text.slice(PUSH.length, end);
  // The comma or brace after the number ends it.
  const to = parseInt(text.slice(end + SEQ.length, end + SEQ.length + 17), 10);
  return { stream: name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name, to };
}
