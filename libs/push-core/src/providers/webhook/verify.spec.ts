import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { verifyWebhook } from './verify.js';

const newSecret = (bytes = 24) => `whsec_${randomBytes(bytes).toString('base64')}`;
const SECRET = newSecret();
const NOW = Date.UTC(2026, 0, 1);
const BODY = '{"type":"shown",  "data":{"id":1}}';
const genuine = { kind: 'genuine', id: 'msg_1', sentAt: NOW };

/** By the reference library, as a sender that follows the standard would do it. */
function signed(secret = SECRET, id = 'msg_1', at = NOW, body = BODY) {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(at / 1000),
    'webhook-signature': new Webhook(secret).sign(id, new Date(at), body),
  };
}
const verdict = (headers: Parameters<typeof verifyWebhook>[1], body = BODY, now = NOW) =>
  verifyWebhook([SECRET], headers, body, now);
const refused = (reason: string) => ({ kind: 'refused', reason });

it('accepts what the reference library signs, and says its id', () => {
  expect(verdict(signed())).toEqual(genuine);
});

it('accepts the example of the standard', () => {
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const answer = verifyWebhook(
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    headers,
    '{"test": 2432232314}',
    1_614_265_330_000,
  );
  expect(answer.kind).toBe('genuine');
});

it('takes bytes as well as text, and header names in any case', () => {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = signed();
  const headers = { 'Webhook-Id': id, 'WEBHOOK-TIMESTAMP': time, 'webhook-signature': signature };
  expect(verifyWebhook([SECRET], headers, Buffer.from(BODY), NOW)).toEqual(genuine);
});

it('accepts five minutes of difference, not more, and neither before nor after', () => {
  const minutes = (count: number) => verdict(signed(), BODY, NOW + count * 60_000);
  expect(minutes(5)).toEqual(genuine);
  expect(minutes(-5)).toEqual(genuine);
  expect(minutes(5.001)).toEqual(refused('too_old'));
  expect(minutes(-5.001)).toEqual(refused('too_new'));
});

it('refuses a replay with a new time on it', () => {
  const later = NOW + 600_000;
  expect(verdict({ ...signed(), 'webhook-timestamp': String(later / 1000) }, BODY, later)).toEqual(
    refused('signature'),
  );
});

it('refuses a body that was parsed and written again', () => {
  expect(verdict(signed(), JSON.stringify(JSON.parse(BODY)))).toEqual(refused('signature'));
});

it('refuses another secret’s signature, and another id', () => {
  expect(verdict(signed(newSecret()))).toEqual(refused('signature'));
  expect(verdict({ ...signed(), 'webhook-id': 'msg_2' })).toEqual(refused('signature'));
});

it('accepts a good signature beside a bad one, in any place', () => {
  const good = signed();
  const { 'webhook-signature': bad } = signed(newSecret());
  for (const signature of [`${bad} ${good['webhook-signature']}`, `${good['webhook-signature']} ${bad}`]) {
    expect(verdict({ ...good, 'webhook-signature': signature })).toEqual(genuine);
  }
});

it.each([
  ['another version', (text: string) => text.replace('v1,', 'v1a,')],
  ['no version', (text: string) => text.replace('v1,', '')],
  ['no comma', (text: string) => text.replace('v1,', 'v1')],
  ['half of it', (text: string) => text.slice(0, 20)],
  ['a sign more', (text: string) => `${text.slice(0, 3)}A${text.slice(3)}`],
  ['nothing after the version', () => 'v1,'],
])('refuses a signature with %s', (_what, change) => {
  const headers = signed();
  const changed = { ...headers, 'webhook-signature': change(headers['webhook-signature']) };
  expect(verdict(changed)).toEqual(refused('signature'));
});

it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const)(
  'refuses where %s is missing or doubled',
  (name) => {
    const headers = signed();
    expect(verdict({ ...headers, [name]: undefined })).toEqual(refused('missing_header'));
    expect(verdict({ ...headers, [name]: '' })).toEqual(refused('missing_header'));
    expect(verdict({ ...headers, [name]: [headers[name], headers[name]] })).toEqual(refused('missing_header'));
    expect(verdict({ ...headers, [name.toUpperCase()]: headers[name] })).toEqual(refused('missing_header'));
  },
);

it.each([['1e9'], ['-1'], ['0x10'], [' 1'], ['1.5'], ['NaN'], ['9'.repeat(40)]])('refuses the time %s', (time) => {
  expect(verdict({ ...signed(), 'webhook-timestamp': time })).toEqual(refused('bad_header'));
});

it('refuses an id with a full stop: what is signed could be cut in another place', () => {
  expect(verdict(signed(SECRET, 'msg.1'))).toEqual(refused('bad_header'));
});

it('refuses more signatures than anybody makes', () => {
  const headers = signed();
  const many = Array.from({ length: 33 }, () => headers['webhook-signature']).join(' ');
  expect(verdict({ ...headers, 'webhook-signature': many })).toEqual(refused('bad_header'));
});

it('accepts the old secret as long as it is listed', () => {
  const next = newSecret();
  expect(verifyWebhook([next, SECRET], signed(), BODY, NOW)).toEqual(genuine);
  expect(verifyWebhook([next, SECRET], signed(next), BODY, NOW)).toEqual(genuine);
  expect(verifyWebhook([next], signed(), BODY, NOW)).toEqual(refused('signature'));
});

it.each([
  ['no prefix', randomBytes(24).toString('base64')],
  ['another prefix', `whpk_${randomBytes(24).toString('base64')}`],
  ['23 bytes', newSecret(23)],
  ['65 bytes', newSecret(65)],
  ['other characters', 'whsec_????????????????????????????????'],
])('refuses to work with a secret of %s, without repeating it', (_what, secret) => {
  const verify = () => verifyWebhook([secret], signed(), BODY, NOW);
  expect(verify).toThrow(expect.objectContaining({ code: 'INVALID', field: 'secrets' }));
  expect(verify).not.toThrow(secret);
});
