import * as fc from 'fast-check';
import { REASONS } from '../receipts/reasons.js';
import { decideFor } from './decide.js';
import type { Rule, Situation, Verdict } from './policy.js';
import { HOUR, NOON, situation, traits } from './situation.fixture.js';

const decide = (differences: Partial<Situation> = {}, ...rules: Rule[]): Verdict =>
  decideFor(situation(differences), rules, traits);

const MUTED = { mutedThreads: { 'room-7': 0 } };
const LUNCH = { quietHours: { from: '11:00', to: '13:00', timeZone: 'UTC' } };
const FULL = (): { count: number; last: number } => ({ count: 3, last: NOON - 10_000 });

describe('the decision for one device', () => {
  it('sends over the device’s own providers where nothing is in the way', () => {
    expect(decide()).toEqual({
      kind: 'send',
      channels: ['fcm', 'vivo'],
      spread: 'first',
      messageClass: 'im',
      digest: false,
    });
  });

  it('sends nothing that has expired, and what expires later', () => {
    expect(decide({ expiresAt: NOON })).toMatchObject({ kind: 'suppress', reason: 'expired' });
    expect(decide({ expiresAt: NOON + 1 }).kind).toBe('send');
  });

  it('sends nothing where a rule says never, and names the rule', () => {
    const never = { name: 'no likes', when: { type: 'like' }, never: true };
    expect(decide({ type: 'like' }, never)).toEqual({ kind: 'suppress', reason: 'rule', rule: 'no likes' });
    expect(decide({ type: 'likes' }, never).kind).toBe('send');
  });

  it('lets an earlier rule take back what a later one says', () => {
    const rules = [
      { name: 'boss', when: { mentioned: true }, never: false },
      { name: 'nothing', never: true },
    ];
    expect(decide({ mentioned: true }, ...rules).kind).toBe('send');
    expect(decide({}, ...rules)).toMatchObject({ reason: 'rule', rule: 'nothing' });
  });
});

describe('mutes', () => {
  it('keep a thread and a category quiet, for good or until then', () => {
    expect(decide({ preferences: MUTED })).toMatchObject({ kind: 'suppress', reason: 'muted_thread' });
    expect(decide({ preferences: { mutedThreads: { 'room-7': NOON + 1 } } })).toMatchObject({ reason: 'muted_thread' });
    expect(decide({ preferences: { mutedThreads: { 'room-7': NOON } } }).kind).toBe('send');
    expect(decide({ preferences: { mutedCategories: { im: 0 } } })).toMatchObject({ reason: 'muted_category' });
    expect(decide({ preferences: { mutedCategories: { news: 0 } } }).kind).toBe('send');
  });

  it('are broken by a mention, unless a rule says that nothing is urgent', () => {
    expect(decide({ preferences: MUTED, mentioned: true }).kind).toBe('send');
    const calm = { name: 'calm', urgent: false };
    expect(decide({ preferences: MUTED, mentioned: true }, calm)).toMatchObject({ reason: 'muted_thread' });
  });

  it('are broken by what a rule calls urgent, not by high priority alone', () => {
    const urgent = { name: 'alarm', when: { type: 'alarm.*' }, urgent: true };
    expect(decide({ preferences: MUTED, type: 'alarm.fire' }, urgent).kind).toBe('send');
    expect(decide({ preferences: MUTED, priority: 'high' })).toMatchObject({ reason: 'muted_thread' });
  });

  it.each(['constructor', '__proto__', 'toString'])('take the thread %s for a name like any other', (thread) => {
    expect(decide({ thread, preferences: MUTED }).kind).toBe('send');
    const muted = JSON.parse(`{"${thread}": 0}`) as Record<string, number>;
    expect(decide({ thread, preferences: { mutedThreads: muted } })).toMatchObject({ reason: 'muted_thread' });
  });
});

describe('quiet hours', () => {
  it('put off until they end', () => {
    expect(decide({ preferences: LUNCH })).toMatchObject({ kind: 'delay', until: NOON + HOUR, reason: 'quiet_hours' });
  });

  it('are not broken by a mention, but by what is urgent', () => {
    expect(decide({ preferences: LUNCH, mentioned: true }).kind).toBe('delay');
    expect(decide({ preferences: LUNCH }, { name: 'alarm', urgent: true }).kind).toBe('send');
  });

  it('drop what a rule says is not worth waiting', () => {
    const drop: Rule = { name: 'typing', inQuietHours: 'drop' };
    expect(decide({ preferences: LUNCH }, drop)).toEqual({ kind: 'suppress', reason: 'quiet_hours', rule: 'typing' });
  });

  it('say at once that a message will not outlive them', () => {
    const late = { preferences: LUNCH, expiresAt: NOON + HOUR };
    expect(decide(late)).toMatchObject({ kind: 'suppress', reason: 'quiet_hours' });
  });
});

describe('the ways to a device', () => {
  it('are those a rule names, in its order, as far as the device has them', () => {
    const rule: Rule = { name: 'vendors first', channels: ['vivo', 'hms', 'fcm', 'vivo'], spread: 'all' };
    expect(decide({}, rule)).toMatchObject({ channels: ['vivo', 'fcm'], spread: 'all', rule: 'vendors first' });
    expect(decide({}, { name: 'mail', channels: ['webhook'] })).toMatchObject({ reason: 'rule', rule: 'mail' });
  });

  it('say whether the device has no token, or no provider takes them', () => {
    expect(decide({ providers: [] })).toMatchObject({ kind: 'suppress', reason: 'no_token' });
    expect(decide({ providers: ['unknown'] })).toMatchObject({ kind: 'suppress', reason: 'no_provider' });
    expect(decide({ providers: ['unknown', 'fcm'] })).toMatchObject({ channels: ['fcm'] });
  });

  it('leave out a vendor at hours at which it does not take the class', () => {
    const night = { now: NOON + 5 * HOUR, type: 'offer', category: 'shop' };
    expect(decide(night)).toMatchObject({ kind: 'send', channels: ['fcm'], messageClass: 'marketing' });
    expect(decide({ ...night, type: 'chat.message' })).toMatchObject({ channels: ['fcm', 'vivo'], messageClass: 'im' });
  });

  it('are open until the hour begins at which a vendor closes', () => {
    // 23:00 in China is 15:00 in Greenwich.
    const offer = { type: 'offer', category: 'shop' };
    expect(decide({ ...offer, now: NOON + 3 * HOUR - 1 })).toMatchObject({ channels: ['fcm', 'vivo'] });
    expect(decide({ ...offer, now: NOON + 3 * HOUR })).toMatchObject({ channels: ['fcm'] });
  });

  it('wait for the hour at which the first of them opens', () => {
    // 01:00 in China, where it opens at 07:00.
    const night = { now: NOON + 5 * HOUR, type: 'offer', category: 'shop', providers: ['vivo'] };
    expect(decide(night)).toMatchObject({ kind: 'delay', reason: 'outside_hours', until: NOON + 11 * HOUR });
    expect(decide({ ...night, now: NOON + 11 * HOUR }).kind).toBe('send');
  });
});

describe('the class of a message', () => {
  it.each([
    ['chat.message', undefined, 'im'],
    ['order.paid', 'im', 'im'],
    ['chat', undefined, 'marketing'],
    ['order.paid', 'orders', 'marketing'],
  ])('of type %s and category %s is %3$s', (type, category, messageClass) => {
    expect(decide({ type, category })).toMatchObject({ messageClass });
  });

  it('is what a rule of the tenant says before anything else', () => {
    expect(decide({}, { name: 'ours', messageClass: 'marketing' })).toMatchObject({ messageClass: 'marketing' });
    expect(decide({ type: 'order.paid', category: undefined }, { name: 'o', messageClass: 'im' })).toMatchObject({
      messageClass: 'im',
    });
  });
});

describe('damping', () => {
  it('puts off what comes after a thread’s share, until the window is over', () => {
    expect(decide({ recent: () => ({ count: 2, last: NOON - 1 }) }).kind).toBe('send');
    expect(decide({ recent: FULL })).toMatchObject({ kind: 'delay', reason: 'damped', until: NOON + 50_000 });
  });

  it('asks for the window of the rule that applies', () => {
    const recent = jest.fn(FULL);
    const rule: Rule = { name: 'calm', damping: { count: 1, windowMs: 600_000 } };
    expect(decide({ recent }, rule)).toMatchObject({ until: NOON + 590_000, rule: 'calm' });
    expect(recent).toHaveBeenCalledWith(600_000);
  });

  it('leaves alone what has no thread, and all where a rule says so', () => {
    expect(decide({ recent: FULL, thread: undefined }).kind).toBe('send');
    expect(decide({ recent: FULL }, { name: 'all', damping: 'off' }).kind).toBe('send');
  });

  it('sends a digest when it looks at it again, however busy the thread is', () => {
    expect(decide({ recent: FULL, held: 'damped' })).toMatchObject({ kind: 'send', digest: true });
  });

  it('does not hold back what is tried again because it is counted already', () => {
    expect(decide({ recent: FULL, held: 'transient' })).toMatchObject({ kind: 'send', digest: false });
    expect(decide({ recent: FULL, held: 'quota_device' })).toMatchObject({ kind: 'send', digest: false });
  });

  it('counts what hours put off like anything new', () => {
    expect(decide({ recent: FULL, held: 'quiet_hours' })).toMatchObject({ kind: 'delay', reason: 'damped' });
    expect(decide({ recent: FULL, held: 'outside_hours' })).toMatchObject({ kind: 'delay', reason: 'damped' });
    expect(decide({ held: 'quiet_hours' })).toMatchObject({ kind: 'send', digest: false });
  });

  it('still keeps to what was muted, and to quiet hours that have begun meanwhile', () => {
    expect(decide({ held: 'damped', preferences: MUTED })).toMatchObject({ reason: 'muted_thread' });
    expect(decide({ held: 'damped', preferences: LUNCH })).toMatchObject({ kind: 'delay', reason: 'quiet_hours' });
  });
});

describe('any decision', () => {
  const time = fc.tuple(fc.nat(23), fc.nat(59)).map((parts) => parts.map((n) => String(n).padStart(2, '0')).join(':'));
  const rule: fc.Arbitrary<Rule> = fc.record(
    {
      name: fc.string(),
      when: fc.record({ mentioned: fc.boolean(), type: fc.constantFrom('chat.*', 'x') }, { requiredKeys: [] }),
      never: fc.boolean(),
      urgent: fc.boolean(),
      channels: fc.subarray(['fcm', 'vivo', 'apns'], { minLength: 1 }),
      damping: fc.constantFrom('off' as const, { count: 1, windowMs: 1000 }),
      inQuietHours: fc.constantFrom('delay' as const, 'drop' as const),
    },
    { requiredKeys: ['name'] },
  );
  const anything = fc.record({
    now: fc.integer({ min: NOON, max: NOON + 400 * 24 * HOUR }),
    type: fc.constantFrom('chat.message', 'x'),
    mentioned: fc.boolean(),
    life: fc.integer({ min: -1000, max: 48 * HOUR }),
    zone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'nowhere', undefined),
    quiet: fc.option(fc.record({ from: time, to: time }), { nil: undefined }),
    muted: fc.boolean(),
    count: fc.nat(5),
    held: fc.constantFrom('damped' as const, 'quiet_hours' as const, undefined),
  });

  it('has a reason that exists, and puts off only into the future and into the life of the message', () => {
    fc.assert(
      fc.property(anything, fc.array(rule, { maxLength: 4 }), (given, rules) => {
        const expiresAt = given.now + given.life;
        const verdict = decide(
          {
            ...{ now: given.now, type: given.type, mentioned: given.mentioned, expiresAt, timeZone: given.zone },
            preferences: { quietHours: given.quiet, ...(given.muted ? MUTED : {}) },
            recent: () => ({ count: given.count, last: given.now - 500 }),
            held: given.held,
          },
          ...rules,
        );
        if (verdict.kind === 'send') {
          expect(given.now).toBeLessThan(expiresAt);
          expect(verdict.channels.length).toBeGreaterThan(0);
          return;
        }
        expect(REASONS).toHaveProperty(verdict.reason);
        if (verdict.kind === 'suppress') return;
        expect(verdict.until).toBeGreaterThan(given.now);
        expect(verdict.until).toBeLessThan(expiresAt);
      }),
      { numRuns: 500 },
    );
  });
});
