import { encodeCursor } from './cursor.js';

/** Cursors as clients really bring them: what mutations start from. */
export const GOOD_CURSORS: readonly string[] = [
  encodeCursor([]),
  encodeCursor([['@me', { epoch: 'Zk3aB_x-91Qm', seq: 41 }]]),
  encodeCursor([
    ['@me', { epoch: 'e1', seq: Number.MAX_SAFE_INTEGER }],
    ['@all', { epoch: 'e2', seq: 0 }],
    ['news', { epoch: 'e1', seq: 7 }],
    ['räume/7', { epoch: 'e p', seq: 123_456_789 }],
  ]),
  encodeCursor([['@me', { epoch: 'e1', seq: 3 }]], ['abcdef', 'ABCDEF', '_-_-_-']),
  encodeCursor(Array.from({ length: 200 }, (_, i) => [`topic-${i}`, { epoch: 'e1', seq: i }])),
];

const PIECES = [
  '.',
  '..',
  '1',
  'e',
  'm',
  't',
  'b',
  'f',
  'n',
  'a',
  '%2e',
  '\0',
  '\n',
  '=',
  '/',
  '😀',
  '__proto__',
  '-',
  'zzzzzzzzzzzz',
];

/** A cursor with some of it cut, doubled, swapped or replaced. */
export function mutate(random: () => number): string {
  const int = (below: number) => Math.floor(random() * below);
  const pick = <T>(list: readonly T[]): T => list[int(list.length)] as T;
  let text = pick(GOOD_CURSORS);
  for (let times = 1 + int(4); times > 0; times--) {
    const [from, to] = [int(text.length + 1), int(text.length + 1)].sort((a, b) => a - b) as [number, number];
    switch (int(6)) {
      case 0:
        text = text.slice(0, from) + text.slice(to);
        break;
      case 1:
        text = text.slice(0, to) + text.slice(from);
        break;
      case 2:
        text = text.slice(0, from) + pick(PIECES) + text.slice(from + int(3));
        break;
      case 3:
        text = text.slice(0, from) + String.fromCharCode(int(random() < 0.9 ? 128 : 65_536)) + text.slice(from + 1);
        break;
      case 4:
        text = text.slice(0, from) + pick(GOOD_CURSORS) + text.slice(to);
        break;
      default:
        text = text.slice(from, Math.min(to, from + 200)).repeat(1 + int(int(20) === 0 ? 300 : 4));
    }
  }
  return text;
}
