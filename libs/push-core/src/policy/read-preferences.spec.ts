import { preferences } from './read-preferences.js';
import { refusalOf } from './read.fixture.js';

const refusal = (input: unknown): [string, string | undefined, string] => refusalOf(() => preferences(input));
const hours = (differences: Record<string, unknown>): unknown => ({
  quietHours: { from: '22:00', to: '07:00', ...differences },
});

describe('a user’s preferences', () => {
  it('are taken as they are', () => {
    const input = {
      mutedThreads: { 'room-7': 0, 'room-8': 1_790_000_000_000 },
      mutedCategories: { news: 0 },
      quietHours: { from: '22:00', to: '07:00', timeZone: 'Asia/Shanghai', days: [1, 2, 3] },
    };
    expect(preferences(input)).toEqual(input);
    expect(preferences({})).toEqual({});
  });

  it('get the name their zone is known by', () => {
    expect(preferences(hours({ timeZone: 'europe/berlin' })).quietHours?.timeZone).toBe('Europe/Berlin');
  });

  it.each<[string, unknown, string, string, RegExp]>([
    ['are no object', [], 'INVALID', 'preferences', /object/],
    ['have a field nobody knows', { mute: true }, 'UNKNOWN_FIELD', 'mute', /remove it/],
    ['have an hour that does not exist', hours({ from: '24:00' }), 'INVALID', 'quietHours.from', /HH:MM/],
    ['have a time in other words', hours({ to: '7:00' }), 'INVALID', 'quietHours.to', /HH:MM/],
    ['have no end', { quietHours: { from: '22:00' } }, 'INVALID', 'quietHours.to', /missing/],
    ['have a zone nobody knows', hours({ timeZone: 'Mars/Olympus' }), 'INVALID', 'quietHours.timeZone', /IANA/],
    ['have an eighth day', hours({ days: [8] }), 'INVALID', 'quietHours.days[0]', /<= 7/],
    ['have a day twice', hours({ days: [1, 1] }), 'INVALID', 'quietHours.days', /once/],
    ['have no day', hours({ days: [] }), 'INVALID', 'quietHours.days', /empty/],
    ['mute until half a millisecond', { mutedThreads: { a: 0.5 } }, 'INVALID', 'mutedThreads.a', /for good/],
    ['mute until before the beginning', { mutedThreads: { a: -1 } }, 'INVALID', 'mutedThreads.a', />= 0/],
    [
      'mute a thread that can have no message',
      { mutedThreads: { 'a b': 0 } },
      'INVALID',
      'mutedThreads',
      /white space/,
    ],
  ])('are refused when they %s', (_what, input, code, field, message) => {
    const [actualCode, actualField, text] = refusal(input);
    expect([actualCode, actualField]).toEqual([code, field]);
    expect(text).toMatch(message);
  });

  it('mute 1000 threads, and no more', () => {
    const threads = (count: number): unknown => ({
      mutedThreads: Object.fromEntries(Array.from({ length: count }, (_, i) => [`room-${i}`, 0])),
    });
    expect(() => preferences(threads(1000))).not.toThrow();
    expect(refusal(threads(1001)).slice(0, 2)).toEqual(['INVALID', 'mutedThreads']);
  });
});
