import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { FakeApns, type Misbehaviour } from 'push-core/testing';
import { eventually } from '../../support/eventually.js';
import { tell } from '../support/results.js';
import { OfflineStage, TENANT } from './support/offline-stage.js';

/** What the provider does with the first request, and what is to come of it. */
interface Fault {
  readonly name: string;
  readonly what: Misbehaviour;
  readonly times?: number;
  /** Times it may be shown: 1, or 2 where nobody can know. */
  readonly most: 1 | 2;
  /** Default 1. */
  readonly least?: 0;
  /** Times the story may count as unknown. */
  readonly unknown: 0 | 1;
  /** Not sent again before. */
  readonly notBeforeMs?: number;
}

const FAULTS: readonly Fault[] = [
  { name: 'GOAWAY, the request answered', what: { kind: 'goaway', request: 'processed' }, most: 1, unknown: 0 },
  { name: 'GOAWAY below the request', what: { kind: 'goaway', request: 'unprocessed' }, most: 1, unknown: 0 },
  { name: 'GOAWAY, and no answer', what: { kind: 'goaway', request: 'silent' }, most: 2, unknown: 1 },
  { name: 'REFUSED_STREAM', what: { kind: 'refuse_stream' }, most: 1, unknown: 0 },
  { name: 'a stream reset', what: { kind: 'reset_stream' }, most: 2, unknown: 1 },
  { name: 'a connection torn down', what: { kind: 'reset' }, most: 2, unknown: 1 },
  { name: 'no answer', what: { kind: 'stall' }, most: 2, unknown: 1 },
  { name: 'no answer after the work', what: { kind: 'stall_after_work' }, most: 2, unknown: 1 },
  {
    name: '503 while it shuts down',
    what: { kind: 'answer', status: 503, body: { reason: 'Shutdown' } },
    most: 1,
    unknown: 0,
  },
  {
    name: '429 and Retry-After',
    what: { kind: 'answer', status: 429, body: { reason: 'TooManyRequests' }, retryAfter: 2 },
    most: 1,
    unknown: 0,
    notBeforeMs: 2000,
  },
  // The status says it was taken; what the fake keeps is told by its answers, and this is none of them.
  // The status says it was taken; the fake has told that of nobody.
  { name: 'a body that drips', what: { kind: 'slow_drip', status: 200 }, least: 0, most: 1, unknown: 0 },
];

describe('a provider that fails', () => {
  let stage: OfflineStage;
  let apns: FakeApns;
  const figures: Record<string, unknown> = {};

  beforeEach(async () => {
    apns = await new FakeApns().listen();
    stage = await OfflineStage.open();
    await stage.push.notifications.putProvider(TENANT, 'apns', apns.credentials);
    // The first stream of a connection is alone until it is accepted: what follows is the ordinary case.
    const warm = randomBytes(32).toString('hex');
    await stage.register('warm', 'apns', warm);
    await stage.until(await stage.publish(['warm']), 'warm', ['notified']);
  });
  afterEach(async () => {
    await stage.close();
    await apns.close();
  });

  it.each(FAULTS)(
    'with $name: told once, or counted as unknown',
    async (fault) => {
      const token = randomBytes(32).toString('hex');
      await stage.register('bob', 'apns', token);
      const asked = apns.requests.length;
      apns.misbehave(fault.what, fault.times);
      const began = performance.now();
      const id = await stage.publish(['bob']);
      const story = await stage.until(id, 'bob', ['notified'], 25_000);
      const tookMs = Math.round(performance.now() - began);
      const shown = apns.notifications.filter((one) => one.token === token);
      const unknown = story.steps.filter(({ reason }) => reason === 'unknown_after_write').length;
      figures[fault.name] = { tookMs, shown: shown.length, unknown, requests: apns.requests.length - asked };
      expect(shown.length).toBeGreaterThanOrEqual(fault.least ?? 1);
      expect(shown.length).toBeLessThanOrEqual(fault.most);
      expect(unknown).toBeLessThanOrEqual(fault.unknown);
      if (shown.length > 1) expect(unknown).toBe(1);
      expect(new Set(shown.map((one) => one.id)).size).toBeLessThanOrEqual(1);
      const again = apns.requests.slice(asked).map(({ at }) => at);
      if (fault.notBeforeMs)
        expect((again.at(-1) as number) - (again[0] as number)).toBeGreaterThanOrEqual(fault.notBeforeMs);
      expect(await stage.tokensOf(['bob'])).toBe(1);
      // It has recovered: the next one is as quick as ever.
      const next = performance.now();
      await stage.until(await stage.publish(['bob'], { thread: 'next' }), 'bob', ['notified'], 10_000);
      expect(performance.now() - next).toBeLessThan(10_000);
    },
    60_000,
  );

  it.each([
    ['500', 15, 'transient', { kind: 'answer', status: 500, body: { reason: 'InternalServerError' } }],
    ['503', 15, 'transient', { kind: 'answer', status: 503, body: { reason: 'ServiceUnavailable' } }],
    // A key's JWT may be renewed every twenty minutes only, whatever is said of it; the first is seconds old.
    ['403 ExpiredProviderToken', 19, 'throttled', { kind: 'expired_key' }],
  ] as [string, number, string, Misbehaviour][])(
    'with %s waits %i minutes, as Apple asks',
    async (_, minutes, reason, what) => {
      await stage.register('bob', 'apns', randomBytes(32).toString('hex'));
      apns.misbehave(what);
      const began = Date.now();
      const id = await stage.publish(['bob']);
      const waiting = async () => (await stage.explain(id, 'bob')).steps.find((step) => step.reason === reason);
      await eventually(async () => (await waiting()) !== undefined);
      const step = await waiting();
      expect(step).toMatchObject({ what: 'waiting', provider: 'apns', attempts: 1 });
      const again = Date.parse(/looked at again at (\S+)/.exec(step?.text ?? '')?.[1] ?? '');
      expect(again - began).toBeGreaterThanOrEqual(minutes * 60_000);
      expect(await stage.tokensOf(['bob'])).toBe(1);
    },
  );

  it('with 410 deletes the token that was registered before, and keeps one that is newer', async () => {
    const [old, young] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
    await stage.register('old', 'apns', old);
    await stage.register('young', 'apns', young);
    apns.unregister(old, Date.now() + 1000);
    apns.unregister(young, Date.now() - 3_600_000);
    const id = await stage.publish(['old', 'young']);
    await stage.until(id, 'old', ['failed']);
    await stage.until(id, 'young', ['failed']);
    expect([await stage.tokensOf(['old']), await stage.tokensOf(['young'])]).toEqual([0, 1]);
  });

  it('with one stream at a time still delivers everything', async () => {
    const users = Array.from({ length: 40 }, (_, i) => `m${i}`);
    for (const user of users) await stage.register(user, 'apns', randomBytes(32).toString('hex'));
    const id = await stage.publish(users);
    for (const user of users) await stage.until(id, user, ['notified']);
    expect(apns.notifications).toHaveLength(41);
    tell('R17 provider faults', figures, 'quick');
  });
});
