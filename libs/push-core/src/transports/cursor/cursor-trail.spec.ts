import { CURSOR_LIMITS, decodeCursor, positionField } from './cursor.js';
import { CursorTrail } from './cursor-trail.js';

/** What a client that stops after this event brings back. */
function idAfter(trail: CursorTrail, name: string, seq: number): string {
  const prefix = trail.prefix(name);
  trail.move(name, seq);
  return `${prefix}${positionField(name, seq)}`;
}
const read = (id: string) => Object.fromEntries(decodeCursor(id, 'id').positions);

function trailOf(epochs: Record<string, string>): CursorTrail {
  const trail = new CursorTrail();
  trail.follow(Object.fromEntries(Object.entries(epochs).map(([name, epoch]) => [name, { epoch }])));
  return trail;
}

it('names the streams that moved, with where they are', () => {
  const trail = trailOf({ '@me': 'e1', news: 'e1', quiet: 'e1' });
  expect(read(idAfter(trail, '@me', 5))).toEqual({ '@me': { epoch: 'e1', seq: 5 } });
  expect(read(idAfter(trail, 'news', 9))).toEqual({ '@me': { epoch: 'e1', seq: 5 }, news: { epoch: 'e1', seq: 9 } });
  expect(read(idAfter(trail, 'news', 10))).toEqual({ '@me': { epoch: 'e1', seq: 5 }, news: { epoch: 'e1', seq: 10 } });
  expect(read(idAfter(trail, '@me', 6))).toEqual({ '@me': { epoch: 'e1', seq: 6 }, news: { epoch: 'e1', seq: 10 } });
});

it('gives links on which nothing else moved the same prefix', () => {
  const [one, two] = [trailOf({ '@me': 'e1', news: 'e1' }), trailOf({ '@me': 'e1', news: 'e1', more: 'e1' })];
  idAfter(one, 'news', 1);
  expect(one.prefix('news')).toBe(two.prefix('news'));
});

it('keeps streams of different epochs apart', () => {
  const trail = trailOf({ '@me': 'e1', news: 'e2' });
  idAfter(trail, 'news', 3);
  idAfter(trail, '@me', 4);
  expect(read(idAfter(trail, 'news', 5))).toEqual({ '@me': { epoch: 'e1', seq: 4 }, news: { epoch: 'e2', seq: 5 } });
});

it('forgets what was left, and the place in an epoch that has ended', () => {
  const trail = trailOf({ '@me': 'e1', news: 'e1', old: 'e1' });
  idAfter(trail, 'news', 3);
  idAfter(trail, 'old', 3);
  trail.leave('news');
  trail.follow({ old: { epoch: 'e2' } });
  expect(read(idAfter(trail, '@me', 4))).toEqual({ '@me': { epoch: 'e1', seq: 4 } });
  expect(read(idAfter(trail, 'old', 1))).toEqual({ '@me': { epoch: 'e1', seq: 4 }, old: { epoch: 'e2', seq: 1 } });
});

it('says nothing before a stream is known', () => {
  expect(new CursorTrail().prefix('@me')).toBeUndefined();
});

it.each([
  ['many', (i: number) => `t${i}`],
  ['long', (i: number) => `${i}`.padEnd(128, 'x')],
  ['the longest', (i: number) => `${i}${'😀'.repeat(128 - `${i}`.length)}`],
])('stays a cursor when %s names do not all fit: the longest quiet go first', (_, nameOf) => {
  const names = Array.from({ length: 600 }, (__, i) => nameOf(i));
  const trail = trailOf(Object.fromEntries(['@me', ...names].map((name) => [name, 'e1'])));
  let id = '';
  names.forEach((name, i) => (id = idAfter(trail, name, i + 1)));
  const kept = Object.keys(read(id));
  expect(id.length).toBeLessThanOrEqual(CURSOR_LIMITS.characters);
  expect(kept.length).toBeGreaterThan(1);
  expect(kept.sort()).toEqual(names.slice(-kept.length).sort());
  idAfter(trail, '@me', 1);
  expect(Object.keys(read(idAfter(trail, names.at(-1)!, 700)))).toEqual(
    expect.arrayContaining(['@me', names.at(-1)!, names.at(-2)!]),
  );
});
