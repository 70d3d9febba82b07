import type { RuleMatch, Situation } from './policy.js';
import { settle } from './rules.js';
import { situation } from './situation.fixture.js';

const applies = (when: RuleMatch, differences: Partial<Situation> = {}): boolean =>
  settle(situation(differences), [{ name: 'it', when, urgent: true }]).says.urgent === true;

describe('what a rule matches', () => {
  it.each<[RuleMatch, boolean]>([
    [{}, true],
    [{ type: 'chat.message' }, true],
    [{ type: 'chat.*' }, true],
    [{ type: '*' }, true],
    [{ type: 'chat.' }, false],
    [{ type: ['order.*', 'chat.*'] }, true],
    [{ type: ['order.*'] }, false],
    [{ category: 'im', platform: 'android' }, true],
    [{ category: 'im', platform: 'ios' }, false],
    [{ priority: 'high' }, false],
    [{ presence: 'away' }, true],
    [{ presence: 'connected' }, false],
    [{ mentioned: false }, true],
    [{ mentioned: true }, false],
  ])('%j: %s', (when, expected) => {
    expect(applies(when)).toBe(expected);
  });

  it('is not what has no category, where one is asked for', () => {
    expect(applies({ category: '*' }, { category: undefined })).toBe(false);
  });

  it('takes a star inside for a star', () => {
    expect(applies({ type: 'ch*t.message' })).toBe(false);
  });
});

describe('several rules', () => {
  it('count field by field, the first that sets it', () => {
    const { says, by, first } = settle(situation(), [
      { name: 'other', when: { platform: 'ios' }, spread: 'all' },
      { name: 'a', urgent: false, damping: 'off' },
      { name: 'b', urgent: true, channels: ['fcm'] },
    ]);
    expect(says).toEqual({ urgent: false, damping: 'off', channels: ['fcm'], messageClass: 'im' });
    expect(by).toMatchObject({ urgent: 'a', channels: 'b' });
    expect(first).toBe('a');
  });
});
