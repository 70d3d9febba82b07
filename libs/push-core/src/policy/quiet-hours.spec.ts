import * as fc from 'fast-check';
import { DateTime } from 'luxon';
import { quietUntil, type QuietHours } from './quiet-hours.js';
import { zoneNamed } from './time-zone.js';

const at = (iso: string, zone: string): number => DateTime.fromISO(iso, { zone }).toMillis();
const iso = (instant: number | undefined, zone: string): string | undefined =>
  instant === undefined
    ? undefined
    : (DateTime.fromMillis(instant, { zone }).toISO({ suppressSeconds: true, suppressMilliseconds: true }) ?? '');
const NIGHT: QuietHours = { from: '22:00', to: '07:00' };

describe('quiet hours', () => {
  const until = (time: string, hours: QuietHours = NIGHT, zone = 'Asia/Shanghai'): string | undefined =>
    iso(quietUntil(at(time, zone), hours, zone), zone)?.slice(0, 16);

  it('go over midnight, from the first minute to before the last', () => {
    expect(until('2026-11-18T21:59')).toBeUndefined();
    expect(until('2026-11-18T22:00')).toBe('2026-11-19T07:00');
    expect(until('2026-11-19T06:59')).toBe('2026-11-19T07:00');
    expect(until('2026-11-19T07:00')).toBeUndefined();
  });

  it('lie within a day where they do not', () => {
    const lunch = { from: '12:00', to: '13:30' };
    expect(until('2026-11-18T13:29', lunch)).toBe('2026-11-18T13:30');
    expect(until('2026-11-18T11:59', lunch)).toBeUndefined();
  });

  it('are the whole day where both are alike', () => {
    const sunday = { from: '00:00', to: '00:00', days: [7] };
    expect(until('2026-11-22T00:00', sunday)).toBe('2026-11-23T00:00');
    expect(until('2026-11-23T00:00', sunday)).toBeUndefined();
  });

  it('count for the days on which they begin', () => {
    const friday = { ...NIGHT, days: [5] };
    expect(until('2026-11-20T23:00', friday)).toBe('2026-11-21T07:00');
    expect(until('2026-11-21T06:00', friday)).toBe('2026-11-21T07:00');
    expect(until('2026-11-21T23:00', friday)).toBeUndefined();
    expect(until('2026-11-20T06:00', friday)).toBeUndefined();
  });

  it('are those of the preferences’ zone, else of the device’s, else of UTC', () => {
    const instant = at('2026-11-18T23:00', 'Asia/Shanghai');
    expect(quietUntil(instant, { ...NIGHT, timeZone: 'Asia/Shanghai' }, 'Europe/London')).toBeDefined();
    expect(quietUntil(instant, NIGHT, 'Asia/Shanghai')).toBeDefined();
    expect(quietUntil(instant, NIGHT, 'Europe/London')).toBeUndefined();
    expect(quietUntil(instant, NIGHT, undefined)).toBeUndefined();
    expect(quietUntil(instant, { ...NIGHT, timeZone: 'Mars/Olympus' }, 'Asia/Shanghai')).toBeDefined();
    expect(quietUntil(instant, { from: '14:00', to: '16:00' }, 'not a zone')).toBe(at('2026-11-18T16:00', 'UTC'));
  });
});

describe('when the clocks change', () => {
  const BERLIN = 'Europe/Berlin';
  const until = (time: string, hours: QuietHours): string | undefined =>
    iso(quietUntil(DateTime.fromISO(time, { setZone: true }).toMillis(), hours, BERLIN), BERLIN);

  it('the night is an hour shorter in spring, and longer in autumn', () => {
    expect(until('2026-03-28T23:00+01:00', NIGHT)).toBe('2026-03-29T07:00+02:00');
    expect(until('2026-10-24T23:00+02:00', NIGHT)).toBe('2026-10-25T07:00+01:00');
  });

  it('an end that clocks skip is the moment they do', () => {
    const hours = { from: '22:00', to: '02:30' };
    expect(until('2026-03-29T01:59+01:00', hours)).toBe('2026-03-29T03:00+02:00');
    expect(until('2026-03-29T03:00+02:00', hours)).toBeUndefined();
  });

  it('an end that clocks show twice is the second time', () => {
    const hours = { from: '22:00', to: '02:30' };
    expect(until('2026-10-25T02:29+02:00', hours)).toBe('2026-10-25T02:30+01:00');
    expect(until('2026-10-25T02:45+02:00', hours)).toBe('2026-10-25T02:30+01:00');
    expect(until('2026-10-25T02:30+01:00', hours)).toBeUndefined();
  });

  it('a beginning that clocks show twice is the first time, one that they skip the moment they do', () => {
    expect(until('2026-10-25T02:30+02:00', { from: '02:30', to: '06:00' })).toBe('2026-10-25T06:00+01:00');
    expect(until('2026-03-29T03:00+02:00', { from: '02:30', to: '06:00' })).toBe('2026-03-29T06:00+02:00');
    expect(until('2026-03-29T01:59+01:00', { from: '02:30', to: '06:00' })).toBeUndefined();
  });

  it('half an hour counts as well', () => {
    const zone = 'Australia/Lord_Howe';
    const end = quietUntil(at('2026-10-03T23:00', zone), { from: '22:00', to: '02:15' }, zone);
    expect(iso(end, zone)).toBe('2026-10-04T02:30+11:00');
  });
});

describe('any quiet hours', () => {
  const clock = fc.tuple(fc.nat(23), fc.nat(59));
  const text = ([h, m]: readonly [number, number]): string =>
    `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`;
  const instant = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) });

  it('are what the clock on the wall says, where it never changes', () => {
    const steady = fc.constantFrom('Asia/Shanghai', 'Asia/Kolkata', 'UTC', 'America/Phoenix');
    fc.assert(
      fc.property(instant, clock, clock, steady, (now, from, to, zone) => {
        const wall = DateTime.fromMillis(now, { zone });
        const minute = wall.hour * 60 + wall.minute;
        const [start, end] = [from[0] * 60 + from[1], to[0] * 60 + to[1]];
        const quiet = start < end ? minute >= start && minute < end : minute >= start || minute < end;
        expect(quietUntil(now, { from: text(from), to: text(to) }, zone) !== undefined).toBe(quiet);
      }),
      { numRuns: 500 },
    );
  });

  it('end after now, within a day and an hour, and are over then, whatever the clocks do', () => {
    const moving = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'Africa/Cairo',
    );
    fc.assert(
      fc.property(instant, clock, clock, moving, (now, from, to, zone) => {
        fc.pre(from[0] !== to[0]);
        const hours = { from: text(from), to: text(to) };
        const end = quietUntil(now, hours, zone);
        if (end === undefined) return;
        expect(end).toBeGreaterThan(now);
        expect(end - now).toBeLessThanOrEqual(25 * 3_600_000);
        expect(quietUntil(end, hours, zone)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});

describe('a zone', () => {
  it('is known by any of its names, and no other', () => {
    expect(zoneNamed('asia/shanghai')).toBeDefined();
    expect(zoneNamed('US/Eastern')).toBeDefined();
    for (const name of ['', 'nowhere', '../etc', 'UTC+25', undefined]) expect(zoneNamed(name)).toBeUndefined();
  });

  it('knows the day that Samoa left out', () => {
    const zone = zoneNamed('Pacific/Apia');
    const skipped = zone?.instantsOf(Date.UTC(2011, 11, 30, 12));
    expect(iso(skipped?.first, 'Pacific/Apia')).toBe('2011-12-31T00:00+14:00');
    expect(skipped?.last).toBe(skipped?.first);
  });
});
