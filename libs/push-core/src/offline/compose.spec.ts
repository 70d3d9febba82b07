import * as fc from 'fast-check';
import type { Notification } from '../model/publish-input.js';
import { compose, type ComposeInput } from './compose.js';
import type { Composed } from './composed.js';
import { createTexts } from './content/texts.js';

const NOTIFICATION: Notification = {
  title: 'Ann',
  body: 'Lunch?',
  image: 'https://example.com/a.png',
  badge: 'auto',
  sound: 'ann.caf',
  category: 'im',
};

function input(differences: Partial<ComposeInput> = {}, notification: Notification = NOTIFICATION): ComposeInput {
  return {
    id: '0b7f2c1e-8f6e-4f0e-9a55-0c2f3d7e1a11',
    message: {
      id: 'm1',
      type: 'chat.message',
      thread: 'room-7',
      data: '{"text":"Lunch?"}',
      notification,
      options: { priority: 'high', collapseKey: 'room-7' },
      expiresAt: 1_790_000_000_000,
    },
    place: { stream: '@bob', seq: 42 },
    privacy: 'full',
    texts: createTexts({}),
    messageClass: 'im',
    unread: 7,
    ...differences,
  };
}

describe('a notification', () => {
  it('has with privacy "full" all of it', () => {
    expect(compose(input())).toEqual<Composed>({
      id: '0b7f2c1e-8f6e-4f0e-9a55-0c2f3d7e1a11',
      messageId: 'm1',
      title: 'Ann',
      body: 'Lunch?',
      image: 'https://example.com/a.png',
      badge: 7,
      sound: 'ann.caf',
      category: 'im',
      messageClass: 'im',
      thread: 'room-7',
      collapseKey: 'room-7',
      priority: 'high',
      expiresAt: 1_790_000_000_000,
      data: { id: 'm1', stream: '@me', seq: '42', type: 'chat.message', thread: 'room-7', data: '{"text":"Lunch?"}' },
      mutable: false,
    });
  });

  it('has by default who it is from, and nothing of what it says', () => {
    const composed = compose(input({ privacy: undefined, locale: 'zh-CN' }));
    expect(composed).toMatchObject({ title: 'Ann', body: '新消息', mutable: true });
    expect(composed.image).toBeUndefined();
    expect(JSON.stringify(composed)).not.toContain('Lunch');
  });

  it('has with privacy "id-only" what the app needs to fetch it', () => {
    const composed = compose(input({ privacy: 'id-only' }));
    expect(composed).toMatchObject({
      title: 'Notification',
      body: 'New message',
      sound: 'default',
      badge: 7,
      mutable: true,
    });
    expect(composed.data).toEqual({ id: 'm1', stream: '@me', seq: '42', type: 'chat.message', thread: 'room-7' });
    expect(composed.image).toBeUndefined();
  });

  it('has no words where the publish has none, whatever the privacy', () => {
    for (const privacy of ['full', 'sender-only', 'id-only'] as const) {
      const composed = compose(input({ privacy }, { badge: 3 }));
      expect([composed.title, composed.body, composed.badge]).toEqual([undefined, undefined, 3]);
    }
  });

  it('still has some where nothing is left of those it had', () => {
    expect(compose(input({}, { title: '\u202e', body: '\u0000' })).body).toBe('New message');
  });

  it('takes data along as far as there is room', () => {
    const large = { ...input().message, data: JSON.stringify('x'.repeat(2048)) };
    expect(compose(input({ message: large })).data).not.toHaveProperty('data');
    const none = { ...input().message, data: undefined };
    expect(compose(input({ message: none })).data).not.toHaveProperty('data');
  });

  it('names streams as clients know them', () => {
    expect(compose(input({ place: { stream: 'news', seq: 1 } })).data.stream).toBe('news');
    expect(compose(input({ place: { stream: '@', seq: 1 } })).data.stream).toBe('@all');
  });
});

describe('a digest', () => {
  it('tells how many, in the device’s language', () => {
    expect(compose(input({ digest: 5 }, { title: 'room 7', body: 'x' }))).toMatchObject({
      title: 'room 7',
      body: '5 new in room 7',
    });
    expect(compose(input({ digest: 5, locale: 'zh' })).body).toBe('Ann有 5 条新消息');
    expect(compose(input({ digest: 5 })).data.count).toBe('5');
  });

  it('of one is the message itself', () => {
    expect(compose(input({ digest: 1 })).body).toBe('Lunch?');
  });

  it('names nobody where there is no name, or where it may not be told', () => {
    expect(compose(input({ digest: 5 }, { body: 'x' }))).toMatchObject({ title: undefined, body: '5 new messages' });
    expect(compose(input({ digest: 5, privacy: 'id-only' })).body).toBe('5 new messages');
  });

  it('replaces the one before it', () => {
    const message = { ...input().message, options: {} };
    expect(compose(input({ message, digest: 5 })).collapseKey).toBe('digest:room-7');
    expect(compose(input({ message })).collapseKey).toBeUndefined();
  });
});

describe('a template', () => {
  const texts = createTexts({
    templates: {
      'paid.title': { en: 'Order {order}', de: 'Bestellung {order}' },
      'paid.body': { en: '{name} paid {sum, number}', de: '{name} zahlte {sum, number}' },
    },
  });
  const paid = (values: Record<string, string | number>, differences: Partial<ComposeInput> = {}): Composed =>
    compose(input({ texts, ...differences }, { template: 'paid', values }));

  it('is filled in the device’s language', () => {
    expect(paid({ order: 'A7', name: 'Ann', sum: 1234.5 }, { locale: 'de-AT' })).toMatchObject({
      title: 'Bestellung A7',
      body: 'Ann zahlte 1.234,5',
    });
  });

  it('keeps its body back as any other', () => {
    expect(paid({ order: 'A7', name: 'Ann', sum: 1 }, { privacy: 'sender-only' }).body).toBe('New message');
  });

  it('that cannot be filled, or is not there, still tells that there is something', () => {
    expect(paid({ order: 'A7' })).toMatchObject({ title: 'Order A7', body: undefined });
    expect(paid({})).toMatchObject({ body: 'New message' });
    expect(compose(input({ texts }, { template: 'none' })).body).toBe('New message');
    expect(compose(input({ texts }, { template: 'none', title: 'Ann', body: 'Hi' }))).toMatchObject({ body: 'Hi' });
  });

  it('takes values for text', () => {
    const name = '{sum} <b>\u202eevil\u2067 {0, plural, other {#}}';
    expect(paid({ order: 'A7', name, sum: 1 }).body).toBe('{sum} <b>evil\u2067 {0, plural, other {#}}\u2069 paid 1');
  });
});

describe('hostile text (S17)', () => {
  it('is cut: 10 KB of emoji and a tower of marks', () => {
    const composed = compose(input({}, { title: '👩‍👩‍👧‍👦'.repeat(400), body: `${'é👍🏽'.repeat(3000)}` }));
    expect([...new Intl.Segmenter().segment(composed.title ?? '')].length).toBeLessThanOrEqual(200);
    expect([...new Intl.Segmenter().segment(composed.body ?? '')].length).toBeLessThanOrEqual(2000);
    expect(Buffer.byteLength(composed.title ?? '')).toBeLessThanOrEqual(1024);
    expect(composed.title).toMatch(/^(👩‍👩‍👧‍👦)+…$/u);
  });

  it('has its isolates closed where it was cut, too', () => {
    const composed = compose(input({}, { title: `\u2067${'a'.repeat(500)}`, body: `\u2067${'a'.repeat(5000)}` }));
    expect([composed.title?.slice(-2), composed.body?.slice(-2)]).toEqual(['…\u2069', '…\u2069']);
  });

  it('is left out where it is no sound, image or category, and the rest is sent', () => {
    const composed = compose(
      input({}, { title: 'a', body: 'b', sound: '../../x', image: 'javascript:alert(1)', category: '"};' }),
    );
    expect([composed.sound, composed.image, composed.category, composed.body]).toEqual([
      ...[undefined, undefined, undefined, 'b'],
    ]);
  });

  it('reaches no key but its own, whatever its data is called', () => {
    const data = JSON.stringify({ aps: { alert: 'x' }, id: 'other', 'google.sent_time': 1, from: 'x', __proto__: 1 });
    const composed = compose(input({ message: { ...input().message, data } }));
    expect(Object.keys(composed.data)).toEqual(['id', 'stream', 'seq', 'type', 'thread', 'data']);
    expect(composed.data).toMatchObject({ id: 'm1', data });
    expect(Object.values(composed.data).every((value) => typeof value === 'string')).toBe(true);
  });

  const CANARY = 'c4n4ry';
  const word = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `${CANARY}${text}`);
  const secret: fc.Arbitrary<Notification> = fc.record(
    {
      title: word,
      body: word,
      image: word.map((text) => `https://example.com/${text}`),
      sound: fc.constantFrom(`${CANARY}.caf`, 'default'),
      template: fc.constantFrom('paid', `${CANARY}`),
      values: fc.dictionary(fc.constantFrom('name', 'x'), word),
      mentions: fc.array(word, { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );
  const texts = createTexts({ templates: { 'paid.title': { en: '{name}' }, 'paid.body': { en: 'To {name}' } } });
  const about = fc.record({ digest: fc.nat(3), locale: fc.constantFrom('en', 'zh-Hans-CN', 'xx', undefined) });

  it('has nothing of its content told with privacy "id-only"', () => {
    fc.assert(
      fc.property(secret, word, about, (notification, data, rest) => {
        const message = { ...input().message, data: JSON.stringify(data), notification };
        const composed = compose(input({ ...rest, message, texts, privacy: 'id-only' }));
        expect(JSON.stringify(composed)).not.toContain(CANARY);
      }),
      { numRuns: 500 },
    );
  });

  it('has no more than the title told with privacy "sender-only"', () => {
    fc.assert(
      fc.property(secret, word, about, (notification, data, rest) => {
        const message = {
          ...input().message,
          data: JSON.stringify(data),
          notification: { ...notification, title: 'Ann', template: undefined },
        };
        const { sound: _, ...composed } = compose(input({ ...rest, message, texts, privacy: 'sender-only' }));
        expect(JSON.stringify(composed)).not.toContain(CANARY);
      }),
      { numRuns: 500 },
    );
  });

  it('never makes it fail, and comes out clean', () => {
    fc.assert(
      fc.property(
        secret,
        about,
        fc.constantFrom('full' as const, 'sender-only' as const),
        (notification, rest, privacy) => {
          const composed = compose(input({ ...rest, texts, privacy }, notification));
          for (const text of [composed.title ?? '', composed.body ?? '']) {
            expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cs}|[\u202a-\u202e]/u);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
