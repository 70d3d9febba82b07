import { expect, it } from '@jest/globals';
import { tokenDigest } from './token-digest.js';

const subscription = (endpoint: string, auth: string) => ({
  provider: 'webpush',
  token: { endpoint, keys: { p256dh: 'p', auth } },
});

it('is the same for one token, whatever is said of it besides', () => {
  const plain = tokenDigest({ provider: 'apns', token: 'ab' });
  expect(plain).toMatch(/^[\w-]{43}$/);
  expect(tokenDigest({ provider: 'apns', token: 'ab', environment: 'sandbox', topic: 'x', registeredAt: 5 })).toBe(
    plain,
  );
});

it('tells tokens and providers apart, wherever the one ends and the other begins', () => {
  const all = [
    { provider: 'apns', token: 'ab' },
    { provider: 'apns', token: 'AB' },
    { provider: 'apnsa', token: 'b' },
    { provider: 'fcm', token: 'ab' },
    { provider: 'fcm', token: { token: 'ab' } },
  ];
  expect(new Set(all.map(tokenDigest)).size).toBe(all.length);
});

it('takes a web push subscription by its endpoint alone', () => {
  const one = tokenDigest(subscription('https://push.example/1', 'a'));
  expect(tokenDigest(subscription('https://push.example/1', 'b'))).toBe(one);
  expect(tokenDigest({ provider: 'webpush', token: 'https://push.example/1' })).toBe(one);
  expect(tokenDigest(subscription('https://push.example/2', 'a'))).not.toBe(one);
});

it('takes any other object whole, in whatever order its fields stand', () => {
  const one = tokenDigest({ provider: 'own', token: { a: 1, b: { c: 2, d: [3, 4] } } });
  expect(tokenDigest({ provider: 'own', token: { b: { d: [3, 4], c: 2 }, a: 1 } })).toBe(one);
  expect(tokenDigest({ provider: 'own', token: { a: 1, b: { c: 2, d: [4, 3] } } })).not.toBe(one);
});
