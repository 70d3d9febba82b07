/** Server messages that are almost right. Everything follows from `random`, so a run is repeated by its seed. */
export interface FrameFuzz {
  /** One or more lines of JSON, or what is left of them. */
  lines(): string;
  /** Bytes of an event stream. */
  events(): Buffer;
  /** The body of an answer to a poll. */
  answer(): string;
}

const GOOD: readonly object[] = [
  {
    op: 'connected',
    connection: 'c',
    node: 'n',
    heartbeatMs: 25_000,
    streams: { '@me': { epoch: 'e1', head: 9, from: 3, recovery: 'complete' } },
  },
  {
    op: 'push',
    s: '@me',
    seq: 4,
    id: 'm4',
    type: 'chat.message',
    thread: 'room-7',
    data: { text: 'Hi 😀', n: [1, 2] },
    at: 1,
  },
  { op: 'gap', s: '@me', from: 5, to: 7, reason: 'retention' },
  { op: 'skip', s: '@me', from: 8, to: 8, reason: 'recalled' },
  { op: 'read', s: '@me', seq: 4, thread: 'room-7', unread: 3 },
  { op: 'recall', s: '@me', seq: 4, id: 'm4' },
  { op: 'signal', type: 'typing', thread: 'room-7', data: null },
  { op: 'ok', id: 1, s: 'news', epoch: 'e1', head: 3, from: 3 },
  { op: 'followed', s: 'team', epoch: 'e2', head: 3, from: 3, recovery: 'gap', lost: { from: 1, to: 2 } },
  { op: 'unfollowed', s: 'team' },
  { op: 'error', id: 1, code: 'NOT_ALLOWED', message: 'no', field: 's' },
  { op: 'pong' },
  { op: 'bye', code: 3000, reconnect: true, afterMs: 1_830 },
];
/** What replaces a value. */
const ODD: readonly unknown[] = [
  null,
  true,
  '',
  0,
  -1,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  [[[[[[]]]]]],
  '__proto__',
  'constructor',
  '\ud800',
  '\u0000',
  'x'.repeat(70_000),
];
/** What is put between characters. */
const SCRAPS: readonly string[] = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ',',
    ':',
    '\\',
    '\n',
    '\r',
    '\n\n',
    '\u0000',
    '\u2028',
    '😀',
    '\ud83d',
    '1e999',
    '-',
    'null',
  ],
  ...['"__proto__":{"epoch":"e","from":0,"recovery":"complete"},', '"constructor":1,', '"op":"push",', '"seq":1e9,'],
  ...[
    'data:',
    'data: ',
    'event: ',
    'id: ',
    ':',
    'retry: 1',
    '['.repeat(5_000),
    '{"a":'.repeat(2_000),
    ' '.repeat(10_000),
  ],
];

/** `next`: the `seq` the client waits for; without it nothing but noise would come of a stream. */
export function frameFuzz(random: () => number, next: () => number): FrameFuzz {
  const upTo = (count: number) => Math.floor(random() * count);
  const oneOf = <T>(choices: readonly T[]) => choices[upTo(choices.length)] as T;

  /** Another value somewhere inside, or another name. */
  const bent = (value: unknown): unknown => {
    if (random() < 0.25) return oneOf(ODD);
    if (typeof value === 'number') return value + upTo(5) - 2;
    if (typeof value !== 'object' || value === null) return oneOf(ODD);
    const entries = Object.entries(value);
    if (Array.isArray(value)) return entries.map(([, one]) => (random() < 0.3 ? bent(one) : (one as unknown)));
    const at = upTo(entries.length);
    const kept = entries.filter((_, index) => index !== at || random() < 0.7);
    const name = random() < 0.1 ? String(oneOf(ODD)) : undefined;
    return Object.fromEntries(
      kept.map(([key, one], index) => [
        index === at ? (name ?? key) : key,
        index === at ? bent(one) : (one as unknown),
      ]),
    );
  };
  const frame = (): unknown => {
    let good = oneOf(GOOD);
    if ('seq' in good && random() < 0.7) good = { ...good, seq: next(), id: `m${next()}` };
    return random() < 0.6 ? bent(good) : good;
  };
  const broken = (text: string): string => {
    let out = text;
    for (let left = upTo(4); left > 0; left -= 1) {
      const [at, end] = [upTo(out.length + 1), upTo(out.length + 1)];
      const how = random();
      if (how < 0.35) out = out.slice(0, at) + oneOf(SCRAPS) + out.slice(at);
      else if (how < 0.6) out = out.slice(0, at) + out.slice(at + 1 + upTo(8));
      else if (how < 0.75) out = out.slice(0, at);
      else if (how < 0.85) out += out.slice(at, end);
      else out = out.slice(0, at) + String.fromCharCode(upTo(random() < 0.8 ? 128 : 65_536)) + out.slice(at + 1);
    }
    return out;
  };
  const maybeBroken = (text: string) => (random() < 0.5 ? broken(text) : text);
  const several = (): unknown[] => Array.from({ length: 1 + upTo(3) }, frame);

  return {
    lines: () =>
      maybeBroken(
        several()
          .map((one) => JSON.stringify(one))
          .join('\n'),
      ),
    events: () => {
      const text = several()
        .map(
          (one) =>
            `id: 1.ee1.m4\nevent: ${String((one as { op?: unknown } | null)?.op)}\ndata: ${JSON.stringify(one)}\n\n`,
        )
        .join('');
      const bytes = Buffer.from(maybeBroken(text));
      // Also what is no UTF-8, and what ends in the middle of a character.
      for (let left = random() < 0.1 ? 3 : 0; left > 0; left -= 1) bytes[upTo(bytes.length)] = upTo(256);
      return bytes.subarray(0, random() < 0.1 ? upTo(bytes.length + 1) : undefined);
    },
    answer: () => {
      const good = { entries: several(), cursor: '1.ee1.m4', recovery: 'complete', events: several() };
      return maybeBroken(JSON.stringify(random() < 0.3 ? bent(good) : good));
    },
  };
}
