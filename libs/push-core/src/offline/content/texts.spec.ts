import { localeChain } from './locale-chain.js';
import { createTexts } from './texts.js';

describe('the locales of a text', () => {
  it.each<[string | undefined, string | undefined, string[]]>([
    ['zh-Hans-CN', undefined, ['zh-Hans-CN', 'zh-Hans', 'zh', 'en']],
    ['zh_TW', 'de', ['zh-TW', 'zh-Hant-TW', 'zh-Hant', 'zh', 'de', 'de-Latn', 'en']],
    ['pt-br', undefined, ['pt-BR', 'pt-Latn-BR', 'pt-Latn', 'pt', 'en']],
    ['not a locale', undefined, ['en']],
    [undefined, 'fr', ['fr', 'fr-Latn', 'en']],
  ])('for a device of %s and a tenant of %s go from near to far', (device, tenant, chain) => {
    expect(localeChain(device, tenant)).toEqual(chain);
  });
});

describe('a tenant’s texts', () => {
  const texts = createTexts({
    locale: 'fr',
    templates: {
      'paid.body': { en: 'paid', 'zh-Hans': '已付款', zh_hant: '已付款項', fr: 'payé' },
      'only.body': { ja: '日本語' },
      'digest.body': { de: '{count, plural, one {# neue} other {# neue}} in {title}' },
      'cart.body': { en: '{n, plural, =0 {nothing} one {# thing} other {# things}} for {name}' },
    },
  });

  it('are in the language of the device, of the tenant, in English, in whatever there is', () => {
    const say = (locale?: string): string | undefined => texts.say('paid.body', locale);
    expect([say('zh-Hans-CN'), say('zh-CN'), say('zh-TW'), say('en-GB'), say('sv'), say()]).toEqual([
      ...['已付款', '已付款', '已付款項', 'paid', 'payé', 'payé'],
    ]);
    expect(texts.say('only.body', 'sv')).toBe('日本語');
    expect(texts.say('none.body', 'en')).toBeUndefined();
  });

  it('take the place of the built-in ones, language by language', () => {
    const say = (locale: string): string | undefined => texts.say('digest.body', locale, { count: 5, title: 'room 7' });
    expect(say('de')).toBe('5 neue in room 7');
    expect(say('en')).toBe('5 new in room 7');
    expect(say('zh-Hans-CN')).toBe('room 7有 5 条新消息');
    expect(say('zh-HK')).toBe('room 7有 5 則新訊息');
  });

  it('count as the language does', () => {
    const say = (n: number): string | undefined => texts.say('cart.body', 'en', { n, name: 'Ann' });
    expect([say(0), say(1), say(1200)]).toEqual(['nothing for Ann', '1 thing for Ann', '1,200 things for Ann']);
  });

  it('are not made of values that are missing', () => {
    expect(texts.say('cart.body', 'en', { n: 1 })).toBeUndefined();
    const odd = createTexts({
      templates: { t: { en: '{constructor} {toString}' }, s: { en: '{k, select, a {A} other {B}}' } },
    });
    expect(odd.say('t', 'en')).toBeUndefined();
    const own = createTexts({ templates: { t: { en: '{constructor, select, other {x}}' } } });
    expect([own.say('t', 'en'), own.say('t', 'en', { constructor: 'a' })]).toEqual([undefined, 'x']);
    expect(odd.say('s', 'en', { k: 'z' })).toBe('B');
    expect(['A', 'B', undefined]).toContain(odd.say('s', 'en', { k: 'constructor' }));
  });

  it('take a value for text, not for markup or a template', () => {
    const name = "<b>{n}</b> {n, plural, other {#}} '{' #";
    expect(texts.say('cart.body', 'en', { n: 2, name })).toBe(`2 things for ${name}`);
  });

  it('have no tags: what looks like one is text', () => {
    const tagged = createTexts({ templates: { t: { en: '<b>{n}</b> < 3' } } });
    expect(tagged.say('t', 'en', { n: 2 })).toBe('<b>2</b> < 3');
  });

  it('leave out a stored template that is wrong', () => {
    expect(createTexts({ templates: { t: { en: '{' } } }).say('t', 'en')).toBeUndefined();
  });

  it('keep no more locales than devices can name', () => {
    for (let i = 0; i < 2000; i++) expect(texts.say('paid.body', `en-x-${i}`)).toBe('paid');
    expect(texts.say('paid.body', 'zh-CN')).toBe('已付款');
  });

  it('make the words of a message tidy once', () => {
    const notification = { title: ' Ann\u202e', body: '', values: { n: 1, name: 'a\u0000' } };
    expect(texts.own(notification)).toEqual({ title: 'Ann', body: undefined, values: { n: 1, name: 'a' } });
    expect(texts.own(notification)).toBe(texts.own(notification));
  });
});
