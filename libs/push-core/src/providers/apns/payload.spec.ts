import { describe, expect, it } from '@jest/globals';
import { composed, retraction } from '../http/tools.fixture.js';
import { payloadOf, pushTypeOf, retractionOf } from './payload.js';

const read = (text: string | undefined) => JSON.parse(text ?? 'null');

it('shows title and body, with badge, sound and thread', () => {
  expect(read(payloadOf(composed({ category: 'im' })))).toEqual({
    aps: { alert: { title: 'Ann', body: 'Hi!' }, badge: 3, sound: 'default', category: 'im', 'thread-id': 'room-7' },
    push: composed().data,
  });
});

it('wakes the app where there is nothing to show', () => {
  const notification = composed({ title: undefined, body: undefined });
  expect(pushTypeOf(notification)).toBe('background');
  expect(read(payloadOf(notification)).aps).toEqual({ 'content-available': 1, badge: 3 });
});

it('lets the app fetch an image, or the text itself', () => {
  const image = 'https://example.org/a.png';
  expect(read(payloadOf(composed({ image })))).toMatchObject({ aps: { 'mutable-content': 1 }, push: { image } });
  expect(read(payloadOf(composed({ mutable: true })))).toMatchObject({ aps: { 'mutable-content': 1 } });
});

describe('what a user supplied', () => {
  it('never reaches a reserved key', () => {
    const evil = { aps: '{"alert":"x"}', 'content-available': '1', __proto__: 'x', alert: 'y' };
    const value = read(payloadOf(composed({ data: evil, title: '","aps":{"badge":99},"x":"' })));
    expect(Object.keys(value)).toEqual(['aps', 'push']);
    expect(value.aps.badge).toBe(3);
    expect(value.push.aps).toBe('{"alert":"x"}');
  });

  it('names no path as a sound', () => {
    for (const sound of ['../../etc/x', '/a', 'a b', '', 'http://x']) {
      expect(read(payloadOf(composed({ sound }))).aps.sound).toBe('default');
    }
    expect(read(payloadOf(composed({ sound: 'ding.caf' }))).aps.sound).toBe('ding.caf');
  });
});

describe('a payload that is too large', () => {
  const family = '👨‍👩‍👧‍👦';

  it.each([
    ['letters', 'a'.repeat(10_000)],
    ['emoji', family.repeat(1000)],
    ['escapes', '"\\\n'.repeat(4000)],
    ['Chinese', '汉'.repeat(5000)],
  ])('is cut in its body, %s, to what fits', (_name, body) => {
    const text = payloadOf(composed({ body }));
    expect(Buffer.byteLength(text as string)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(text as string)).toBeGreaterThan(3500);
    expect(read(text).push).toEqual(composed().data);
    const kept = read(text).aps.alert.body as string;
    expect(body.startsWith(kept.slice(0, -1))).toBe(true);
    expect(kept.endsWith('…')).toBe(true);
  });

  it('is cut between characters', () => {
    const kept = read(payloadOf(composed({ body: family.repeat(1000) }))).aps.alert.body as string;
    expect(kept.replaceAll(family, '')).toBe('…');
  });

  it('gives up the data before the title', () => {
    const value = read(payloadOf(composed({ data: { ...composed().data, big: 'x'.repeat(5000) } })));
    expect(value.push).toEqual(composed().data);
    expect(value.aps.alert).toEqual({ title: 'Ann', body: 'Hi!' });
    const long = read(payloadOf(composed({ title: 'T'.repeat(6000), data: { id: 'm1', big: 'x'.repeat(5000) } })));
    expect(long.aps.alert.title.length).toBeGreaterThan(1000);
  });

  it('is none where even that does not fit', () => {
    expect(payloadOf(composed({ thread: 'x'.repeat(5000) }))).toBeUndefined();
  });
});

it('takes a notification away with the badge of now', () => {
  expect(read(retractionOf(retraction({ notificationId: 'N', badge: 0 })))).toEqual({
    aps: { 'content-available': 1, badge: 0 },
    push: { retract: 'N', id: 'm1', reason: 'read' },
  });
});
