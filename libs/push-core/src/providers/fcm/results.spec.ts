import { describe, expect, it } from '@jest/globals';
import type { HttpResult } from '../http/pool.js';
import { CODES, readAnswer, toResult } from './results.js';

const NOW = 1_700_000_000_000;

interface Said {
  readonly code?: string;
  readonly status?: string;
  readonly message?: string;
  readonly fields?: readonly string[];
  readonly headers?: Record<string, string>;
}

function read(status: number, { code, status: general, message = '', fields, headers = {} }: Said = {}) {
  const details = [
    ...(code ? [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: code }] : []),
    ...(fields ? [{ '@type': 'google.rpc.BadRequest', fieldViolations: fields.map((field) => ({ field })) }] : []),
  ];
  const body = JSON.stringify({ error: { code: status, message, status: general, details } });
  const result: HttpResult = { kind: 'answered', status, headers, body, truncated: false };
  return toResult(readAnswer(result, NOW));
}

const KINDS: readonly (readonly [number, string, object])[] = [
  [404, 'UNREGISTERED', { kind: 'token_invalid' }],
  [404, 'UNREGISTERED_FID', { kind: 'token_invalid' }],
  [403, 'SENDER_ID_MISMATCH', { kind: 'config_error' }],
  [429, 'QUOTA_EXCEEDED', { kind: 'throttled', scope: 'provider', retryAfterMs: 60_000 }],
  [503, 'UNAVAILABLE', { kind: 'transient' }],
  [500, 'INTERNAL', { kind: 'transient' }],
  [401, 'THIRD_PARTY_AUTH_ERROR', { kind: 'config_error' }],
];

it.each(KINDS)('%i %s', (status, code, result) => {
  expect(read(status, { code })).toMatchObject({ reason: code, ...result });
});

it('every code of the table is looked at above', () => {
  expect(KINDS.map(([, code]) => code).sort()).toEqual(Object.keys(CODES).sort());
});

describe('400 INVALID_ARGUMENT', () => {
  const code = 'INVALID_ARGUMENT';

  it('is a dead token only where it says so', () => {
    expect(read(400, { code, fields: ['message.token'] }).kind).toBe('token_invalid');
    expect(read(400, { code, message: 'The registration token is not a valid FCM registration token' }).kind).toBe(
      'token_invalid',
    );
  });

  it('is the fault of the message otherwise', () => {
    expect(read(400, { code }).kind).toBe('payload_error');
    expect(read(400, { code, fields: ['message.data[from]'] }).kind).toBe('payload_error');
    expect(read(400, { code, fields: ['message.token', 'message.android.ttl'] }).kind).toBe('payload_error');
    expect(read(400, { status: code, message: 'Message is too big' }).kind).toBe('payload_error');
  });

  it('with another status is no word about a token', () => {
    expect(read(500, { code, fields: ['message.token'] }).kind).toBe('transient');
    expect(read(403, { code, fields: ['message.token'] }).kind).toBe('config_error');
  });
});

describe('a token is given up on status and code only', () => {
  it.each([
    [404, {}],
    [404, { status: 'NOT_FOUND' }],
    [404, { status: 'UNREGISTERED' }],
    [400, { code: 'UNREGISTERED' }],
    [410, {}],
    [200, { code: 'UNREGISTERED' }],
    [404, { code: 'constructor' }],
  ])('%i %j is no reason', (status, said) => {
    expect(read(status, said).kind).not.toBe('token_invalid');
  });
});

it.each([
  [400, 'payload_error'],
  [401, 'config_error'],
  [403, 'config_error'],
  [404, 'config_error'],
  [413, 'payload_error'],
  [429, 'throttled'],
  [500, 'transient'],
  [502, 'transient'],
  [302, 'config_error'],
])('without a code, %i is %s', (status, kind) => {
  expect(read(status).kind).toBe(kind);
});

it('waits as long as it is asked to, and a minute at least where the quota is used up', () => {
  expect(read(503, { code: 'UNAVAILABLE', headers: { 'retry-after': '9' } })).toMatchObject({ retryAfterMs: 9000 });
  expect(read(429, { code: 'QUOTA_EXCEEDED', headers: { 'retry-after': '9' } })).toMatchObject({
    retryAfterMs: 60_000,
  });
  expect(read(429, { code: 'QUOTA_EXCEEDED', headers: { 'retry-after': '90' } })).toMatchObject({
    retryAfterMs: 90_000,
  });
});

it('tells what was surely not processed from what may have been', () => {
  const of = (result: HttpResult) => toResult(readAnswer(result, NOW)).kind;
  expect(of({ kind: 'refused', reason: 'goaway' })).toBe('transient');
  expect(of({ kind: 'unknown', reason: 'deadline' })).toBe('unknown_after_write');
  expect(of({ kind: 'forbidden', reason: 'not_public' })).toBe('config_error');
});
