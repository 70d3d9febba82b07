import { createECDH } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { checkSubscription, readSubscription } from './subscription.js';

const point = createECDH('prime256v1').generateKeys();
const good = {
  endpoint: 'https://push.example/send/abc',
  keys: { p256dh: point.toString('base64url'), auth: Buffer.alloc(16, 1).toString('base64url') },
};
const read = (token: unknown) => readSubscription({ provider: 'webpush', token: token as Record<string, unknown> });
const check = (token: unknown) => checkSubscription({ provider: 'webpush', token: token as Record<string, unknown> });
const withKeys = (keys: object) => ({ ...good, keys: { ...good.keys, ...keys } });
const offCurve = Buffer.from(point);
offCurve[64] = (offCurve[64] as number) ^ 1;

it('reads what PushSubscription.toJSON() makes', () => {
  const { endpoint, origin, publicKey, auth } = read({ ...good, expirationTime: null });
  expect({ endpoint, origin }).toEqual({ endpoint: good.endpoint, origin: 'https://push.example' });
  expect([publicKey.equals(point), auth.length]).toEqual([true, 16]);
});

it('has nothing against a good one', () => {
  expect(() => check(good)).not.toThrow();
});

it('reads keys in plain base64 with padding too', () => {
  expect(read(withKeys({ p256dh: point.toString('base64') })).publicKey.equals(point)).toBe(true);
});

it.each<[string, unknown, string]>([
  ['a string', 'https://push.example/abc', 'token'],
  ['no endpoint', { keys: good.keys }, 'token.endpoint'],
  ['an endpoint that is no URL', { ...good, endpoint: 'push.example' }, 'token.endpoint'],
  ['another scheme', { ...good, endpoint: 'ftp://push.example/' }, 'token.endpoint'],
  ['a user name in it', { ...good, endpoint: 'https://u:p@push.example/' }, 'token.endpoint'],
  ['an endless endpoint', { ...good, endpoint: `https://push.example/${'x'.repeat(2048)}` }, 'token.endpoint'],
  ['no keys', { endpoint: good.endpoint }, 'token.keys'],
  ['a key of 64 bytes', withKeys({ p256dh: point.subarray(1).toString('base64url') }), 'token.keys.p256dh'],
  ['a compressed point', withKeys({ p256dh: Buffer.alloc(33, 2).toString('base64url') }), 'token.keys.p256dh'],
  ['a point beside the curve', withKeys({ p256dh: offCurve.toString('base64url') }), 'token.keys.p256dh'],
  ['65 bytes that are no point', withKeys({ p256dh: Buffer.alloc(65, 5).toString('base64url') }), 'token.keys.p256dh'],
  ['a key with other characters', withKeys({ p256dh: `${good.keys.p256dh}!` }), 'token.keys.p256dh'],
  ['an auth of 15 bytes', withKeys({ auth: Buffer.alloc(15).toString('base64url') }), 'token.keys.auth'],
  ['an auth that is a number', withKeys({ auth: 16 }), 'token.keys.auth'],
])('refuses %s, and says which field', (_what, token, field) => {
  expect(() => check(token)).toThrow(expect.objectContaining({ code: 'INVALID', field }));
});

it('does not repeat what it was given in the error', () => {
  expect(() => read({ ...good, endpoint: 'https://u:p@push.example/secret' })).toThrow(/^(?!.*secret)/);
});
