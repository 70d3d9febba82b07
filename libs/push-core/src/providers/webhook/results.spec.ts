import { expect, it } from '@jest/globals';
import type { HttpResult } from '../http/pool.js';
import type { SendResult } from '../provider.js';
import { readAnswer } from './results.js';

const NOW = Date.UTC(2026, 0, 1);
const answered = (status: number, headers: Record<string, string> = {}): HttpResult => ({
  ...{ kind: 'answered', status, headers, body: '', truncated: false },
});

it.each<[string, HttpResult, SendResult['kind']]>(
  [
    ...[200, 201, 202, 204].map((status) => [`${status}`, answered(status), 'accepted'] as const),
    ...[301, 302, 307, 308].map((status) => [`${status}`, answered(status), 'config_error'] as const),
    ...[401, 403, 404, 405, 410].map((status) => [`${status}`, answered(status), 'config_error'] as const),
    ...[400, 413, 415, 422].map((status) => [`${status}`, answered(status), 'payload_error'] as const),
    ...[408, 425, 500, 502, 503, 504].map((status) => [`${status}`, answered(status), 'transient'] as const),
    ['429', answered(429), 'throttled'],
    ['no connection', { kind: 'refused', reason: 'connect' }, 'transient'],
    ['no answer', { kind: 'unknown', reason: 'deadline' }, 'unknown_after_write'],
    ['an address that is not public', { kind: 'forbidden', reason: 'not_public' }, 'config_error'],
  ].map((row) => [...row] as [string, HttpResult, SendResult['kind']]),
)('%s', (_what, result, kind) => {
  expect(readAnswer(result, NOW).kind).toBe(kind);
});

it('waits as long as it is told to', () => {
  expect(readAnswer(answered(429, { 'retry-after': '30' }), NOW)).toMatchObject({
    retryAfterMs: 30_000,
    scope: 'provider',
  });
  expect(readAnswer(answered(503, { 'retry-after': '30' }), NOW)).toMatchObject({ retryAfterMs: 30_000 });
});
