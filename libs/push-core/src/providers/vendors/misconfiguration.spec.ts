import type { Misbehaviour } from '../../testing/fakes/misbehaviour.js';
import type { FakeHarmony, FakeHms } from '../../testing/fakes/vendors/index.js';
import type { SendResult } from '../provider.js';
import { bench, NAMES, request, type Bench, type VendorName } from './vendor.fixture.js';

/** Fields that a tenant may get wrong, with what another of its apps would have there. */
const WRONG: Record<VendorName, Readonly<Record<string, string>>> = {
  hms: { appId: '99', clientId: '99', clientSecret: 'another-secret' },
  harmony: { project_id: '99', key_id: 'k-9', sub_account: '9', algorithm: 'RS256' },
  honor: { appId: '99', clientId: 'another', clientSecret: 'another-secret' },
  xiaomi: { packageName: 'com.example.other', appSecret: 'another-secret' },
  oppo: { appKey: 'another', masterSecret: 'another-secret' },
  vivo: { appId: '99', appKey: 'another', appSecret: 'another-secret' },
  meizu: { appId: '99', appSecret: 'another-secret' },
};

const TROUBLE: readonly (readonly [string, Misbehaviour, SendResult['kind']])[] = [
  ['500', { kind: 'answer', status: 500 }, 'transient'],
  ['503 with a page', { kind: 'answer', status: 503, body: '<html>busy</html>', retryAfter: 7 }, 'transient'],
  ['502 with JSON', { kind: 'answer', status: 502, body: { error: 'bad gateway' } }, 'transient'],
  ['403', { kind: 'answer', status: 403, body: 'no' }, 'config_error'],
  ['404', { kind: 'answer', status: 404, body: {} }, 'config_error'],
  ['429', { kind: 'answer', status: 429, retryAfter: 30 }, 'throttled'],
  ['a redirect', { kind: 'redirect', location: 'http://localhost:1/elsewhere' }, 'config_error'],
  ['a page instead of JSON', { kind: 'answer', status: 200, body: '<html>welcome</html>' }, 'unknown_after_write'],
  ['a torn connection', { kind: 'reset' }, 'unknown_after_write'],
];

describe.each(NAMES)('%s deletes nothing for what is not the token’s fault', (name) => {
  let site: Bench;
  const seen: SendResult[] = [];

  beforeEach(async () => {
    site = await bench(name);
  });

  afterEach(async () => {
    expect(seen.filter(({ kind }) => kind === 'token_invalid')).toEqual([]);
    seen.length = 0;
    await site.close();
  });

  const requests = (): ReturnType<typeof request>[] => ['a', 'b', 'c'].map((token) => request(token));

  it.each(Object.keys(WRONG[name]))('wrong %s', async (field) => {
    const provider = site.withCredentials({ [field]: WRONG[name][field] ?? '' });
    seen.push(...(await provider.send(requests())));
    expect(seen.map(({ kind }) => kind)).toEqual(['config_error', 'config_error', 'config_error']);
    expect(site.fake.shown).toEqual([]);
  });

  it.each(TROUBLE)('%s', async (_what, misbehaviour, expected) => {
    seen.push(...(await site.provider.send([request('warm', { body: 'warm' })])));
    seen.length = 0;
    site.fake.misbehave(misbehaviour);
    const results = await site.provider.send([request('a')]);
    seen.push(...results);
    expect(results.map(({ kind }) => kind)).toEqual([expected]);
  });

  it('says when the vendor asks to wait', async () => {
    await site.provider.send([request('warm')]);
    site.fake.misbehave({ kind: 'answer', status: 429, retryAfter: 30 });
    const [result] = await site.provider.send([request('a')]);
    expect(result).toEqual({ kind: 'throttled', reason: 'http_429', retryAfterMs: 30_000, scope: 'provider' });
  });

  it('a vendor that does not answer', async () => {
    const provider = site.withCredentials({}, 300);
    await provider.send([request('warm')]);
    site.fake.misbehave({ kind: 'stall' });
    const results = await provider.send([request('a')]);
    seen.push(...results);
    expect(results.map(({ kind }) => kind)).toEqual(['unknown_after_write']);
  });

  it('a vendor that is not there', async () => {
    const hasAuth = !['xiaomi', 'meizu'].includes(name);
    const endpoint = 'http://localhost:1';
    const provider = site.withCredentials(hasAuth ? { endpoint, authEndpoint: endpoint } : { endpoint }, 1000);
    seen.push(...(await provider.send(requests())));
    expect(new Set(seen.map(({ kind }) => kind))).toEqual(new Set(['transient']));
  });

  it('an address that nobody allowed', async () => {
    const provider = site.withCredentials({ endpoint: 'http://169.254.169.254' });
    seen.push(...(await provider.send(requests())));
    expect(new Set(seen.map(({ kind }) => kind))).toEqual(new Set(['config_error']));
  });

  it('tells nothing of tokens, texts or secrets in its reasons', async () => {
    site.fake.condemn('token-to-hide', name === 'meizu' ? '110003' : 'reason');
    const results = await site.provider.send([
      request('token-to-hide', { title: 'text-to-hide' }),
      request('other', { title: 'text-to-hide' }),
    ]);
    const wrong = await site.withCredentials(WRONG[name]).send(requests());
    const told = JSON.stringify([results, wrong]);
    for (const secret of ['to-hide', 'another-secret', ...Object.values(site.fake.credentials)]) {
      expect(told).not.toContain(secret);
    }
  });
});

describe('a penalised app', () => {
  it('of HMS keeps its tokens: all of them are called invalid', async () => {
    const site = await bench('hms');
    (site.fake as FakeHms).isPenalised = true;
    const results = await site.provider.send(['a', 'b', 'c'].map((token) => request(token)));
    expect(results.map(({ kind }) => kind)).toEqual(['token_suspect', 'token_suspect', 'token_suspect']);
    await site.close();
  });

  it.each([
    ['disableSendHuaweiMsgBecauseOfPenalty', 'config_error'],
    ['noPushTypeRight', 'config_error'],
    ['noRight', 'token_suspect'],
  ])('of HarmonyOS keeps its tokens (%s)', async (reason, expected) => {
    const site = await bench('harmony');
    (site.fake as FakeHarmony).refusesAll = reason;
    const results = await site.provider.send(['a', 'b', 'c'].map((token) => request(token)));
    expect(results.map(({ kind }) => kind)).toEqual([expected, expected, expected]);
    await site.close();
  });
});

describe('access that cannot be had', () => {
  it.each(['hms', 'honor', 'oppo', 'vivo'] as const)('is no fault of the credentials where %s fails', async (name) => {
    const site = await bench(name);
    for (const misbehaviour of [{ kind: 'answer', status: 500 }, { kind: 'reset' }] as const) {
      site.fake.misbehave(misbehaviour);
      expect((await site.provider.send([request('a')]))[0]?.kind).toBe('transient');
    }
    // Nothing was sent to anybody, and the next one tries again.
    expect((await site.provider.send([request('a')]))[0]?.kind).toBe('accepted');
    expect(site.fake.shown).toHaveLength(1);
    await site.close();
  });
});
