import { expect, it } from '@jest/globals';
import type { Composed } from '../../offline/composed.js';
import { PLAINTEXT_BYTES } from './encrypt.js';
import { closePayload, showPayload, topicOf } from './payload.js';

const composed: Composed = {
  id: '0b8d1c1e-1111-4222-8333-444455556666',
  messageId: 'm1',
  title: 'Ann',
  body: 'Hi!',
  messageClass: 'im',
  priority: 'high',
  expiresAt: 0,
  data: { id: 'm1', stream: '@me', seq: '42', type: 'chat.message' },
  mutable: false,
};
const read = (bytes: Buffer | undefined) => JSON.parse(String(bytes)) as Record<string, unknown>;

it('says what to show, with everything a user wrote in its own place', () => {
  const all = { ...composed, image: 'https://x/y.png', badge: 3, category: 'im', collapseKey: 'room-7', mutable: true };
  const { id, title, body, image, badge, category, data } = all;
  expect(read(showPayload(all))).toEqual({
    ...{ v: 1, do: 'show', id, title, body, image, badge, category, data },
    tag: 'room-7',
    mutable: true,
  });
});

it.each(['a', 'é', '漢', '👩‍👩‍👧‍👦', '"', '\\', '\u0001'])('cuts a body of 5000 × %s between characters', (character) => {
  const bytes = showPayload({ ...composed, body: character.repeat(5000) }) as Buffer;
  expect(bytes.length).toBeLessThanOrEqual(PLAINTEXT_BYTES);
  const { title, body, data } = read(bytes) as { title: string; body: string; data: object };
  expect([title, data]).toEqual(['Ann', composed.data]);
  const kept = body.replace(/…$/, '');
  expect(kept.length % character.length).toBe(0);
  expect(kept).toBe(character.repeat(kept.length / character.length));
  expect(kept.length).toBeGreaterThan(0);
});

it('leaves the message’s own data out before it shortens what is shown', () => {
  const { body, data } = read(showPayload({ ...composed, data: { ...composed.data, data: 'x'.repeat(3900) } }));
  expect({ body, data }).toEqual({ body: 'Hi!', data: composed.data });
});

it('shortens the title where there is no body left to shorten', () => {
  const bytes = showPayload({ ...composed, title: 't'.repeat(5000) }) as Buffer;
  expect(bytes.length).toBeLessThanOrEqual(PLAINTEXT_BYTES);
  expect(read(bytes)).toMatchObject({ title: expect.stringMatching(/^t+…$/) });
});

it('gives up where what is left is still too long', () => {
  expect(showPayload({ ...composed, image: `https://x/${'y'.repeat(4000)}` })).toBeUndefined();
});

it('names the notification that is to be closed', () => {
  const retraction = { id: 'r', notificationId: 'n', messageId: 'm1', collapseKey: 'room-7', badge: 2 };
  const bytes = closePayload({ ...retraction, reason: 'read' });
  expect(read(bytes)).toEqual({ v: 1, do: 'close', id: 'n', tag: 'room-7', badge: 2 });
});

it('makes a topic of 32 base64url characters, the same for the same key, that does not give the key away', () => {
  expect(topicOf('room-7')).toMatch(/^[\w-]{32}$/);
  expect(topicOf('room-7')).toBe(topicOf('room-7'));
  expect(topicOf('room-7')).not.toBe(topicOf('room-8'));
});
