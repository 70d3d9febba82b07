import { isPushError } from '../errors.js';
import { refusalOf } from './read.fixture.js';
import { policySettings } from './read-policy-settings.js';

const refusal = (input: unknown): [string, string | undefined, string] => refusalOf(() => policySettings(input));

describe('a tenant’s policy', () => {
  it('is taken as it is where all of it is known', () => {
    const input = {
      privacy: 'full',
      locale: 'zh-Hans',
      rules: [
        {
          name: 'alarms',
          when: { type: ['alarm.*'], priority: 'high', platform: 'ios', presence: 'away', mentioned: false },
          channels: ['apns', 'webhook'],
          spread: 'all',
          urgent: true,
          messageClass: 'im',
          damping: { count: 5, windowMs: 1000 },
          inQuietHours: 'drop',
        },
        { name: 'all', damping: 'off' },
      ],
      templates: {
        'paid.body': { en: '{n, plural, one {# item} other {# items}} <b>paid</b>', zh_CN: '付 {sum, number}' },
      },
    };
    expect(policySettings(input)).toEqual(input);
    expect(policySettings({})).toEqual({});
  });

  it.each<[string, unknown, string, string, RegExp]>([
    ['is no object', 'all', 'INVALID', 'policy', /object/],
    ['has a field nobody knows', { rule: [] }, 'UNKNOWN_FIELD', 'rule', /remove it/],
    ['has a rule with one', { rules: [{ name: 'a', urgnt: true }] }, 'UNKNOWN_FIELD', 'rules[0].urgnt', /remove it/],
    [
      'matches on one',
      { rules: [{ name: 'a', when: { user: 'x' } }] },
      'UNKNOWN_FIELD',
      'rules[0].when.user',
      /remove/,
    ],
    ['has a rule without a name', { rules: [{}] }, 'INVALID', 'rules[0].name', /missing/],
    ['has two of one name', { rules: [{ name: 'a' }, { name: 'a' }] }, 'INVALID', 'rules[1].name', /its own/],
    ['names no channel', { rules: [{ name: 'a', channels: [] }] }, 'INVALID', 'rules[0].channels', /never/],
    ['damps in other words', { rules: [{ name: 'a', damping: 'on' }] }, 'INVALID', 'rules[0].damping', /"off"/],
    [
      'damps by half',
      { rules: [{ name: 'a', damping: { count: 1 } }] },
      'INVALID',
      'rules[0].damping.windowMs',
      /missing/,
    ],
    [
      'damps to none',
      { rules: [{ name: 'a', damping: { count: 0, windowMs: 1000 } }] },
      'INVALID',
      'rules[0].damping.count',
      />= 1/,
    ],
    [
      'has a class nobody knows',
      { rules: [{ name: 'a', messageClass: 'vip' }] },
      'INVALID',
      'rules[0].messageClass',
      /"im", "marketing"/,
    ],
    ['has a privacy nobody knows', { privacy: 'none' }, 'INVALID', 'privacy', /"full", "sender-only", "id-only"/],
    ['has a locale that is none', { locale: '中文' }, 'INVALID', 'locale', /BCP 47/],
    ['has a template for one', { templates: { a: { '??': 'x' } } }, 'INVALID', 'templates.a.??', /BCP 47/],
    ['has a template without texts', { templates: { a: {} } }, 'INVALID', 'templates.a', /by locale/],
    [
      'has a template with a name of two words',
      { templates: { 'a b': { en: '' } } },
      'INVALID',
      'templates',
      /letters/,
    ],
    [
      'has more rules than it may',
      { rules: Array.from({ length: 101 }, (_, i) => ({ name: `r${i}` })) },
      'INVALID',
      'rules',
      /100/,
    ],
  ])('is refused when it %s', (_what, input, code, field, message) => {
    const [actualCode, actualField, text] = refusal(input);
    expect([actualCode, actualField]).toEqual([code, field]);
    expect(text).toMatch(message);
  });

  it.each([
    ['{n, plural, one {x}}', /missing other clause, at line 1, column 20/],
    ['one\n  {', /at line 2, column 3/],
    ['{n, nombre}', /invalid argument type, at line 1, column 5/],
    ['{n, number, ::currency/XX}', /currency/],
    ['{a, select, x {{n, number, ::currency/XX}} other {}}', /currency/],
  ])('tells the place of a mistake in a template: %j', (text, message) => {
    const [code, field, complaint] = refusal({ templates: { 'paid.body': { de: text } } });
    expect([code, field]).toEqual(['INVALID', 'templates.paid.body.de']);
    expect(complaint).toMatch(message);
    expect(complaint).toMatch(/ICU/);
  });

  it('is refused when it is larger than what is kept', () => {
    const text = 'x'.repeat(4096);
    const templates = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`t${i}`, { en: text }]));
    expect(refusal({ templates }).slice(0, 2)).toEqual(['TOO_LARGE', 'templates']);
    expect(refusal({ templates: { t: { en: `${text}x` } } }).slice(0, 2)).toEqual(['INVALID', 'templates.t.en']);
  });

  it('is never more than a refusal, whatever its templates are', () => {
    for (const text of ['{'.repeat(4096), '{a,select,other{'.repeat(256), "'{".repeat(2048), '{a, date, ::yyyyQQ}']) {
      try {
        policySettings({ templates: { t: { en: text } } });
      } catch (error) {
        expect(isPushError(error)).toBe(true);
      }
    }
  });
});
