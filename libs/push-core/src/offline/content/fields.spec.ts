import { collapseKeyOf } from './collapse-key.js';
import { badgeOf, categoryOf, imageOf, soundOf } from './fields.js';

describe('a field of a notification', () => {
  it('sound is a name, not a path', () => {
    expect(['default', 'ding.caf', 'a_b-1.wav'].map(soundOf)).toEqual(['default', 'ding.caf', 'a_b-1.wav']);
    for (const bad of ['', '../x.caf', 'a/b', '..', '.hidden', 'a\\b', 'a b', 'x'.repeat(65), 'a\n', 'http://x']) {
      expect(soundOf(bad)).toBeUndefined();
    }
  });

  it('category is a name', () => {
    expect(categoryOf('chat.reply-1')).toBe('chat.reply-1');
    for (const bad of ['', 'a b', 'ü', '{}', 'x'.repeat(65), 'a\n']) expect(categoryOf(bad)).toBeUndefined();
  });

  it('image is an https URL without credentials', () => {
    expect(imageOf('https://example.com/a b.png')).toBe('https://example.com/a%20b.png');
    for (const bad of [
      ...[
        'javascript:alert(1)',
        'http://example.com/a.png',
        'https://a@example.com/',
        'https://a:b@example.com/',
        'data:image/png;base64,AA',
        'https://',
      ],
      ...['file:///etc/passwd', ' ', `https://example.com/${'x'.repeat(2048)}`],
    ]) {
      expect(imageOf(bad)).toBeUndefined();
    }
  });

  it('badge is the unread count, a number of the publisher, or left as it is', () => {
    expect([badgeOf('auto', 7), badgeOf('auto', 0), badgeOf(3, 7), badgeOf(0, 7)]).toEqual([7, 0, 3, 0]);
    expect([badgeOf('auto', undefined), badgeOf(undefined, 7), badgeOf(-1, 7), badgeOf(1.5, 7)]).toEqual(
      Array.from({ length: 4 }),
    );
    expect(badgeOf(1e12, 0)).toBe(99_999);
  });

  it('collapse key is the publisher’s where a header takes it, else its hash', () => {
    expect(collapseKeyOf({ collapseKey: 'room-7', digest: false })).toBe('room-7');
    expect(collapseKeyOf({ collapseKey: 'x'.repeat(64), digest: false })).toBe('x'.repeat(64));
    for (const odd of ['x'.repeat(65), '房间', 'a b', 'a\r\nb: c']) {
      expect(collapseKeyOf({ collapseKey: odd, digest: false })).toMatch(/^[\w-]{43}$/);
    }
    expect(collapseKeyOf({ collapseKey: '房间', digest: false })).not.toBe(
      collapseKeyOf({ collapseKey: '房', digest: false }),
    );
  });

  it('collapse key of a digest is its thread’s where there is no other', () => {
    expect(collapseKeyOf({ thread: 'room-7', digest: true })).toBe('digest:room-7');
    expect(collapseKeyOf({ collapseKey: 'k', thread: 'room-7', digest: true })).toBe('k');
    expect(collapseKeyOf({ thread: 'room-7', digest: false })).toBeUndefined();
  });
});
