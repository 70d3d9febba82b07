import { describe, expect, it } from '@jest/globals';
import { mqttTopic, wishOf } from './topic-names.js';

const codeOf = (filter: string) => {
  const wish = wishOf(filter);
  return wish.kind === 'refused' ? wish.code : wish.kind;
};

describe('the names of streams in MQTT', () => {
  it('are me, all and t/<topic>', () => {
    expect(['@me', '@all', 'news', 'a/b'].map(mqttTopic)).toEqual(['me', 'all', 't/news', 't/a/b']);
  });

  it('escape what MQTT keeps for filters, and come back as the same topic', () => {
    for (const topic of ['+', '#', '%', '%2B', 'a+b/#/%41', '$SYS/x', 'ü/😀', 't/t', 'me']) {
      const name = mqttTopic(topic);
      expect(name).not.toMatch(/[+#]/);
      expect(wishOf(name)).toEqual({ kind: 'topic', topic });
    }
  });

  it('have one spelling each', () => {
    expect(['t/%2b', 't/50%', 't/%41', 't/%252B'].map(codeOf)).toEqual([0x8f, 0x8f, 0x8f, 'topic']);
  });

  it.each([
    ['#', 0xa2],
    ['+', 0xa2],
    ['t/#', 0xa2],
    ['t/news/+', 0xa2],
    ['$SYS/broker/clients', 0x87],
    ['$SYS/#', 0x87],
    ['$share/group/t/news', 0x9e],
    ['', 0x8f],
    ['t/', 0x8f],
    ['t/@ann', 0x8f],
    ['t/two words', 0x8f],
    ['me/', 0x8f],
    ['ME', 0x8f],
    ['@me', 0x8f],
    ['user/ann', 0x8f],
    [`t/${'x'.repeat(129)}`, 0x8f],
    [`t/${'x'.repeat(60_000)}`, 0x8f],
  ])('refuse the filter %j with its code', (filter, code) => {
    expect(codeOf(filter)).toBe(code);
  });
});
