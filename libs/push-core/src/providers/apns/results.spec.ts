import { describe, expect, it } from '@jest/globals';
import type { HttpResult } from '../http/pool.js';
import { readAnswer, REASONS, toResult } from './results.js';

const NOW = 1_700_000_000_000;
const answered = (status: number, body: string, headers: Record<string, string> = {}): HttpResult => ({
  kind: 'answered',
  status,
  headers,
  body,
  truncated: false,
});
const read = (status: number, reason?: string, headers = {}) =>
  toResult(
    readAnswer(
      answered(status, reason === undefined ? '' : JSON.stringify({ reason, timestamp: NOW - 5 }), headers),
      NOW,
    ),
  );

const KINDS: readonly (readonly [number, string, object])[] = [
  [400, 'BadCollapseId', { kind: 'payload_error' }],
  [400, 'BadDeviceToken', { kind: 'token_suspect' }],
  [400, 'BadExpirationDate', { kind: 'payload_error' }],
  [400, 'BadMessageId', { kind: 'payload_error' }],
  [400, 'BadPriority', { kind: 'payload_error' }],
  [400, 'BadTopic', { kind: 'config_error' }],
  [400, 'DeviceTokenNotForTopic', { kind: 'config_error' }],
  [400, 'DuplicateHeaders', { kind: 'payload_error' }],
  [400, 'IdleTimeout', { kind: 'transient' }],
  [400, 'InvalidPushType', { kind: 'payload_error' }],
  [400, 'MissingDeviceToken', { kind: 'payload_error' }],
  [400, 'MissingTopic', { kind: 'config_error' }],
  [400, 'PayloadEmpty', { kind: 'payload_error' }],
  [400, 'TopicDisallowed', { kind: 'config_error' }],
  [403, 'BadCertificate', { kind: 'config_error' }],
  [403, 'BadCertificateEnvironment', { kind: 'config_error' }],
  [403, 'BadEnvironmentKeyInToken', { kind: 'config_error' }],
  [403, 'BadEnvironmentKeyIdInToken', { kind: 'config_error' }],
  [403, 'ExpiredProviderToken', { kind: 'config_error' }],
  [403, 'Forbidden', { kind: 'config_error' }],
  [403, 'InvalidProviderToken', { kind: 'config_error' }],
  [403, 'MissingProviderToken', { kind: 'config_error' }],
  [403, 'UnrelatedKeyIdInToken', { kind: 'config_error' }],
  [404, 'BadPath', { kind: 'config_error' }],
  [405, 'MethodNotAllowed', { kind: 'config_error' }],
  [410, 'ExpiredToken', { kind: 'token_invalid', before: NOW - 5 }],
  [410, 'Unregistered', { kind: 'token_invalid', before: NOW - 5 }],
  [413, 'PayloadTooLarge', { kind: 'payload_error' }],
  [429, 'TooManyProviderTokenUpdates', { kind: 'throttled', scope: 'provider', retryAfterMs: 300_000 }],
  [429, 'TooManyRequests', { kind: 'throttled', scope: 'device', retryAfterMs: 60_000 }],
  [500, 'InternalServerError', { kind: 'transient', retryAfterMs: 900_000 }],
  [503, 'ServiceUnavailable', { kind: 'transient', retryAfterMs: 900_000 }],
  [503, 'Shutdown', { kind: 'transient', retryAfterMs: undefined }],
];

it.each(KINDS)('%i %s', (status, reason, result) => {
  expect(read(status, reason)).toEqual({ reason, ...result });
});

it('every reason of the table is looked at above', () => {
  expect(KINDS.map(([, reason]) => reason).sort()).toEqual(Object.keys(REASONS).sort());
});

describe('a token is given up on status and reason only', () => {
  it.each([
    [410, undefined],
    [410, 'SomethingNew'],
    [400, 'Unregistered'],
    [404, 'Unregistered'],
    [200, 'Unregistered'],
    [410, 'BadDeviceToken'],
    [410, '__proto__'],
  ])('%i %s is no reason', (status, reason) => {
    expect(read(status, reason).kind).not.toBe('token_invalid');
  });
});

it.each([
  [400, { kind: 'payload_error', reason: 'http_400' }],
  [401, { kind: 'config_error', reason: 'http_401' }],
  [404, { kind: 'config_error', reason: 'http_404' }],
  [410, { kind: 'token_suspect', reason: 'http_410' }],
  [307, { kind: 'config_error', reason: 'http_307' }],
  [429, { kind: 'throttled', reason: 'http_429', scope: 'device', retryAfterMs: 60_000 }],
  [502, { kind: 'transient', reason: 'http_502', retryAfterMs: undefined }],
])('without a reason that is known, %i is judged by itself', (status, result) => {
  expect(read(status, 'NeverHeardOf')).toEqual(result);
  expect(read(status)).toEqual(result);
});

it('takes the pause that is asked for', () => {
  expect(read(503, 'ServiceUnavailable', { 'retry-after': '30' })).toMatchObject({ retryAfterMs: 30_000 });
  expect(read(429, 'TooManyRequests', { 'retry-after': '7' })).toMatchObject({ retryAfterMs: 7000 });
});

it('names what was accepted as Apple does', () => {
  expect(toResult(readAnswer(answered(200, '', { 'apns-id': 'A' }), NOW))).toEqual({
    kind: 'accepted',
    providerId: 'A',
  });
});

it('tells what was surely not processed from what may have been', () => {
  const of = (result: HttpResult) => toResult(readAnswer(result, NOW)).kind;
  expect(of({ kind: 'refused', reason: 'goaway' })).toBe('transient');
  expect(of({ kind: 'unknown', reason: 'deadline' })).toBe('unknown_after_write');
  expect(of({ kind: 'forbidden', reason: 'not_public' })).toBe('config_error');
});
