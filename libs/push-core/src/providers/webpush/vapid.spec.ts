import { createECDH } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, it } from '@jest/globals';
import { ManualClock } from '../../testing/manual-clock.js';
import { vapidComplaint } from '../../testing/fakes/webpush-vapid.js';
import { readVapidCredentials, VapidHeaders } from './vapid.js';

function pair() {
  const keys = createECDH('prime256v1');
  const publicKey = keys.generateKeys('base64url');
  // OpenSSL drops leading zeros.
  return {
    publicKey,
    privateKey: Buffer.from(keys.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url'),
  };
}

const credentials = { subject: 'mailto:ops@example.org', ...pair() };
const ORIGIN = 'https://push.example';
const HOUR_MS = 3_600_000;

function bench() {
  const clock = new ManualClock();
  const headers = new VapidHeaders(readVapidCredentials(credentials), clock);
  const complaint = (header = headers.for(ORIGIN)) =>
    vapidComplaint(header, ORIGIN, clock.now(), credentials.publicKey);
  return { clock, headers, complaint };
}

it('signs what a push service accepts, for its origin', () => {
  const { headers, complaint } = bench();
  expect(headers.for(ORIGIN)).toMatch(/^vapid t=[\w.-]+, k=[\w-]{87}$/);
  expect(complaint()).toBeUndefined();
  expect(complaint(headers.for('https://other.example'))).toMatchObject({ status: 401 });
});

it('signs once an origin in 12 hours, and is valid all the time', async () => {
  const { clock, headers, complaint } = bench();
  const first = headers.for(ORIGIN);
  await clock.advance(12 * HOUR_MS - 1);
  expect(headers.for(ORIGIN)).toBe(first);
  expect(complaint()).toBeUndefined();
  await clock.advance(1);
  expect(headers.for(ORIGIN)).not.toBe(first);
  expect(complaint()).toBeUndefined();
});

it('signs anew after the clock was set back, and is not valid for longer than 24 hours', () => {
  const { clock, headers, complaint } = bench();
  headers.for(ORIGIN);
  clock.jump(-6 * HOUR_MS);
  expect(complaint()).toBeUndefined();
});

it('keeps a bounded number of origins, those used last', () => {
  const { headers } = bench();
  const first = headers.for(ORIGIN);
  const other = headers.for('https://other.example');
  for (let i = 0; i < 999; i++) {
    headers.for(`https://${i}.example`);
    headers.for(ORIGIN);
  }
  expect(headers.for(ORIGIN)).toBe(first);
  expect(headers.for('https://other.example')).not.toBe(other);
});

it('remembers where the credential has worked', async () => {
  const { clock, headers } = bench();
  expect(headers.isProven(ORIGIN)).toBe(false);
  headers.prove(ORIGIN);
  await clock.advance(13 * HOUR_MS);
  headers.for(ORIGIN);
  expect([headers.isProven(ORIGIN), headers.isProven('https://other.example')]).toEqual([true, false]);
});

it.each<[string, object, string]>([
  ['no subject', { subject: undefined }, 'subject'],
  ['a bare address', { subject: 'ops@example.org' }, 'subject'],
  ['an address in brackets', { subject: 'mailto:<ops@example.org>' }, 'subject'],
  ['localhost', { subject: 'https://localhost' }, 'subject'],
  ['a short public key', { publicKey: 'BAAA' }, 'publicKey'],
  ['a private key in PEM', { privateKey: '-----BEGIN EC PRIVATE KEY-----' }, 'privateKey'],
  ['halves of two pairs', { privateKey: pair().privateKey }, 'privateKey'],
])('refuses credentials with %s', (_what, change, field) => {
  expect(() => readVapidCredentials({ ...credentials, ...change })).toThrow(
    expect.objectContaining({ code: 'INVALID', field }),
  );
});

it('never shows the private key', () => {
  const { headers } = bench();
  expect(inspect(headers)).not.toContain(credentials.privateKey);
});
