import { expect, it } from '@jest/globals';
import type { HttpResult } from '../http/pool.js';
import type { SendResult } from '../provider.js';
import { readAnswer } from './results.js';

const NOW = Date.UTC(2026, 0, 1);
const KNOWN = { isKnown: true, isProven: false };
const PROVEN = { isKnown: true, isProven: true };
const GUEST = { isKnown: false, isProven: false };

function answered(status: number, body: object | string = '', headers: Record<string, string> = {}): HttpResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'answered', status, headers, body: text, truncated: false };
}
const mozilla = (status: number, errno: number) => answered(status, { code: status, errno, message: 'x' });

it.each<[string, HttpResult, SendResult['kind']]>([
  ['200', answered(200), 'accepted'],
  ['201', answered(201), 'accepted'],
  ['202', answered(202), 'accepted'],
  ['204', answered(204), 'accepted'],
  ['301, which is not followed', answered(301), 'token_suspect'],
  ['307, which is not followed', answered(307), 'token_suspect'],
  ['400', answered(400), 'payload_error'],
  ['400 errno 101, crypto keys missing', mozilla(400, 101), 'payload_error'],
  ['400 errno 108, router', mozilla(400, 108), 'payload_error'],
  ['400 errno 110, crypto keys', mozilla(400, 110), 'payload_error'],
  ['400 errno 111, header missing', mozilla(400, 111), 'payload_error'],
  ['400 errno 112, TTL', mozilla(400, 112), 'payload_error'],
  ['400 errno 113, Topic', mozilla(400, 113), 'payload_error'],
  ['400 errno 109, authentication', mozilla(400, 109), 'config_error'],
  ['400 of Apple, the key is another', answered(400, { reason: 'VapidPkHashMismatch' }), 'config_error'],
  ['401', answered(401), 'config_error'],
  ['401 errno 109', mozilla(401, 109), 'config_error'],
  ['403', answered(403), 'config_error'],
  ['403 of Apple', answered(403, { reason: 'BadJwtToken' }), 'config_error'],
  ['404', answered(404), 'token_invalid'],
  ['404 errno 102', mozilla(404, 102), 'token_invalid'],
  ['405', answered(405), 'token_suspect'],
  ['406 of Windows', answered(406), 'throttled'],
  ['408', answered(408), 'transient'],
  ['410', answered(410), 'token_invalid'],
  ['410 errno 103', mozilla(410, 103), 'token_invalid'],
  ['410 errno 105', mozilla(410, 105), 'token_invalid'],
  ['410 errno 106', mozilla(410, 106), 'token_invalid'],
  ['413', answered(413), 'payload_error'],
  ['413 errno 104', mozilla(413, 104), 'payload_error'],
  ['418', answered(418), 'token_suspect'],
  ['429', answered(429), 'throttled'],
  ['429 errno 201', mozilla(429, 201), 'throttled'],
  ['500 errno 999', mozilla(500, 999), 'transient'],
  ['502 errno 901', mozilla(502, 901), 'transient'],
  ['503 errno 201', mozilla(503, 201), 'transient'],
  ['503 errno 202', mozilla(503, 202), 'transient'],
  ['no connection', { kind: 'refused', reason: 'connect' }, 'transient'],
  ['no answer', { kind: 'unknown', reason: 'deadline' }, 'unknown_after_write'],
  ['an address that is not public', { kind: 'forbidden', reason: 'not_public' }, 'token_suspect'],
])('%s of a browser’s push service', (_what, result, kind) => {
  expect(readAnswer(result, KNOWN, NOW).kind).toBe(kind);
});

it('holds a refusal against the subscription alone where the credential has worked before, or where a device named the host', () => {
  for (const result of [answered(401), answered(403), mozilla(400, 109)]) {
    expect(readAnswer(result, PROVEN, NOW).kind).toBe('token_suspect');
    expect(readAnswer(result, GUEST, NOW).kind).toBe('token_suspect');
  }
});

it('never lets a host that a device named speak for the provider or the credential', () => {
  for (let status = 100; status < 600; status++) {
    const result = readAnswer(answered(status, { errno: 109, reason: 'BadJwtToken' }), GUEST, NOW);
    expect(result.kind).not.toBe('config_error');
    if (result.kind === 'throttled') expect(result.scope).toBe('device');
  }
});

it.each([
  ['17', 17_000],
  ['0', 0],
  [new Date(NOW + 90_000).toUTCString(), 90_000],
  [new Date(NOW - 90_000).toUTCString(), 0],
  ['999999999', 86_400_000],
  ['soon', undefined],
])('waits as Retry-After says: %s', (text, ms) => {
  for (const status of [429, 503]) {
    const result = readAnswer(answered(status, '', { 'retry-after': text }), GUEST, NOW);
    expect('retryAfterMs' in result ? result.retryAfterMs : undefined).toBe(ms);
  }
});

it('gives the code as a reason, and nothing else of what was said', () => {
  const reasonOf = (result: SendResult) => ('reason' in result ? result.reason : '');
  expect(reasonOf(readAnswer(mozilla(410, 103), KNOWN, NOW))).toBe('http_410_errno_103');
  expect(reasonOf(readAnswer(answered(403, { reason: 'BadJwtToken' }), KNOWN, NOW))).toBe('http_403_BadJwtToken');
  const loud = answered(400, { reason: 'https://push.example/secret said: <b>', errno: 'x' });
  expect(reasonOf(readAnswer(loud, KNOWN, NOW))).toBe('http_400');
});

it('keeps the name that Apple gives', () => {
  const result = answered(201, '', { 'apns-id': '9F3A-1', location: 'https://push.example/m/capability' });
  expect(readAnswer(result, KNOWN, NOW)).toEqual({ kind: 'accepted', providerId: '9F3A-1' });
});
