import type { SendResultKind } from '../provider.js';
import { nextDay } from './meaning.js';
import { bench, request, type Bench, type VendorName } from './vendor.fixture.js';

type Expected = SendResultKind | 'throttled device' | 'quota_exhausted device';

/** Codes a whole answer has, and what they mean for the token it was about. */
const WHOLE: Record<VendorName, readonly (readonly [string | number, Expected])[]> = {
  hms: [
    ['80000000', 'accepted'],
    ['80100003', 'payload_error'],
    ['80100016', 'payload_error'],
    ['80200001', 'config_error'],
    ['80200003', 'config_error'],
    ['80300002', 'config_error'],
    ['80300007', 'token_suspect'],
    ['80300008', 'payload_error'],
    ['80300010', 'payload_error'],
    ['80000001', 'transient'],
    ['99999999', 'transient'],
  ],
  harmony: [
    ['80000000', 'accepted'],
    ['80100001', 'payload_error'],
    ['80100003', 'payload_error'],
    ['80100004', 'payload_error'],
    ['80200001', 'config_error'],
    ['80200005', 'config_error'],
    ['80300002', 'config_error'],
    ['80300007', 'token_suspect'],
    ['80300008', 'payload_error'],
    ['80300010', 'payload_error'],
    ['80300029', 'throttled'],
    ['80300030', 'payload_error'],
    ['80300036', 'config_error'],
    ['80300037', 'config_error'],
    ['81000001', 'transient'],
  ],
  honor: [
    ['200', 'accepted'],
    [200, 'accepted'],
    ['80000000', 'accepted'],
    ['80100003', 'payload_error'],
    ['80200001', 'config_error'],
    ['80200003', 'config_error'],
    ['80300007', 'token_suspect'],
    ['80300008', 'payload_error'],
    ['12345', 'transient'],
  ],
  xiaomi: [
    [0, 'accepted'],
    [10001, 'transient'],
    [10002, 'transient'],
    [10003, 'transient'],
    [10037, 'transient'],
    [10027, 'throttled'],
    [10031, 'config_error'],
    [10034, 'quota_exhausted'],
    [20301, 'transient'],
    [21301, 'config_error'],
    [21302, 'config_error'],
    [22022, 'config_error'],
    [27001, 'config_error'],
    [65003, 'token_suspect'],
    [65009, 'payload_error'],
    [200001, 'quota_exhausted'],
  ],
  oppo: [
    [-2, 'throttled'],
    [-1, 'transient'],
    [0, 'accepted'],
    [11, 'config_error'],
    [13, 'throttled'],
    [33, 'quota_exhausted'],
    [40, 'payload_error'],
    [41, 'payload_error'],
    [55, 'throttled device'],
    [67, 'config_error'],
    [10000, 'token_suspect'],
  ],
  vivo: [
    [0, 'accepted'],
    [10000, 'config_error'],
    [10302, 'token_invalid'],
    [10072, 'throttled'],
    [10070, 'quota_exhausted'],
    [10252, 'payload_error'],
    [10254, 'quota_exhausted'],
    [10094, 'config_error'],
    [10200, 'payload_error'],
    [10201, 'payload_error'],
  ],
  meizu: [
    ['200', 'accepted'],
    ['1001', 'transient'],
    ['1003', 'transient'],
    ['1006', 'config_error'],
    ['110000', 'config_error'],
    ['110009', 'config_error'],
    ['110010', 'throttled'],
    ['110019', 'quota_exhausted'],
    ['500', 'transient'],
  ],
};

/** An answer with this code, in the vendor's form. */
function answerWith(name: VendorName, code: string | number): object {
  switch (name) {
    case 'hms':
    case 'harmony':
      return { code, msg: 'what a person may read', requestId: 'r1' };
    case 'honor':
      return { code, message: 'x', data: {} };
    case 'xiaomi':
      return { code, result: code === 0 ? 'ok' : 'error', reason: 'x', data: { id: 'sdm1' } };
    case 'oppo':
      return { code, message: 'x', data: { messageId: 'o1' } };
    case 'vivo':
      return { result: code, desc: 'x', taskId: 'v1' };
    case 'meizu':
      return { code, message: 'x', value: {}, msgId: 'NS1' };
  }
}

function nameOf(result: { kind: SendResultKind; scope?: string } | undefined): Expected | undefined {
  return result?.scope === 'device' ? (`${result.kind} device` as Expected) : result?.kind;
}

describe.each(Object.entries(WHOLE) as [VendorName, (typeof WHOLE)[VendorName]][])('%s', (name, cases) => {
  let site: Bench;

  beforeAll(async () => {
    site = await bench(name);
    await site.provider.send([request('warm')]);
  });

  afterAll(() => site.close());

  it.each(cases)('understands %s as %s', async (code, expected) => {
    // Twice: a stale access token is renewed, and what comes then counts. The fetching in between behaves.
    const isStale = ['80200001', '80200003', '80200005', 11].includes(code) || (name === 'vivo' && code === 10000);
    const provider = isStale ? site.withCredentials({}) : site.provider;
    if (isStale) await provider.send([request('warm')]);
    site.fake.misbehave({ kind: 'answer', status: 200, body: answerWith(name, code) });
    if (isStale && name !== 'harmony') {
      // The next request asks for access: it gets none.
      site.fake.misbehave({ kind: 'answer', status: 200, body: answerWith(name, code) });
    } else if (isStale) {
      site.fake.misbehave({ kind: 'answer', status: 200, body: answerWith(name, code) });
    }
    const [result] = await provider.send([request('t-1')]);
    expect(nameOf(result)).toBe(expected);
    if (result?.kind === 'quota_exhausted') expect(result.until).toBe(nextDay(site.clock.now()));
  });
});

describe('of single ids', () => {
  it.each([
    ['201', 'token_suspect'],
    ['501', 'transient'],
    ['513', 'transient'],
    ['519', 'throttled'],
    ['520', 'throttled device'],
    ['110002', 'token_invalid'],
    ['110003', 'token_invalid'],
    ['110005', 'token_suspect'],
    ['110010', 'token_suspect'],
    ['110011', 'quota_exhausted device'],
    ['77', 'transient'],
  ] as const)('Meizu’s %s is %s', async (code, expected) => {
    const site = await bench('meizu');
    site.fake.condemn('bad', code);
    const results = await site.provider.send([request('good'), request('bad')]);
    expect(results.map(nameOf)).toEqual(['accepted', expected]);
    await site.close();
  });

  it('vivo’s inactive ones and those that are no test devices are kept', async () => {
    const site = await bench('vivo');
    ['1', '2', '3', '4'].forEach((status) => site.fake.condemn(`status-${status}`, status));
    const results = await site.provider.send(['1', '2', '3', '4'].map((status) => request(`status-${status}`)));
    expect(results.map(nameOf)).toEqual(['token_invalid', 'token_invalid', 'token_suspect', 'token_suspect']);
    await site.close();
  });

  it('Xiaomi’s are suspect where all of them are refused, and bad where others were taken', async () => {
    const site = await bench('xiaomi');
    site.fake.condemn('bad', 'bad');
    expect((await site.provider.send([request('bad')])).map(nameOf)).toEqual(['token_suspect']);
    const both = await site.provider.send([request('good'), request('bad')]);
    expect(both.map(nameOf)).toEqual(['accepted', 'token_invalid']);
    await site.close();
  });

  it('OPPO’s are believed to be bad beside one that was taken only', async () => {
    const site = await bench('oppo');
    ['bad', 'worse'].forEach((token) => site.fake.condemn(token, '10000'));
    const alone = await site.provider.send([request('bad'), request('worse')]);
    expect(alone.map(nameOf)).toEqual(['token_suspect', 'token_suspect']);
    const beside = await site.provider.send([request('good'), request('bad')]);
    expect(beside.map(nameOf)).toEqual(['accepted', 'token_invalid']);
    await site.close();
  });

  it('Honor’s expired ones are dead, its failed ones are not', async () => {
    const site = await bench('honor');
    site.fake.condemn('expired', 'expireTokens');
    site.fake.condemn('failed', 'failTokens');
    const results = await site.provider.send(['good', 'expired', 'failed'].map((token) => request(token)));
    expect(results.map(nameOf)).toEqual(['accepted', 'token_invalid', 'token_suspect']);
    await site.close();
  });

  it.each([
    ['tokenFormatError', 'token_invalid'],
    ['tokenPlatformNotSupport', 'token_invalid'],
    ['noRight', 'token_suspect'],
    ['somethingNew', 'token_suspect'],
    ['noPushTypeRight', 'config_error'],
    ['disableSendHuaweiMsgBecauseOfPenalty', 'config_error'],
    ['appinfoError', 'config_error'],
    ['countryNotSupport', 'token_suspect'],
    ['differentImgVerifyPolicy', 'payload_error'],
    ['noRightToSendThisLiveNotificationEvent', 'config_error'],
    ['notSupportPlayVoice', 'config_error'],
  ] as const)('HarmonyOS’ reason %s is %s, alone and beside others', async (reason, expected) => {
    const site = await bench('harmony');
    site.fake.condemn('bad', reason);
    expect((await site.provider.send([request('bad')])).map(nameOf)).toEqual([expected]);
    const results = await site.provider.send([request('good'), request('bad')]);
    // Credentials that another token was taken with are not at fault.
    const beside = expected === 'config_error' ? 'token_suspect' : expected;
    expect(results.map(nameOf)).toEqual(['accepted', beside]);
    expect(results[1]).toHaveProperty('reason', reason);
    await site.close();
  });

  it.each(['illegal_tokens', 'illegalTokens'])('HMS may spell them %s', async (spelling) => {
    const site = await bench('hms');
    const msg = JSON.stringify({ success: 1, failure: 1, [spelling]: ['bad'] });
    await site.provider.send([request('warm')]);
    site.fake.misbehave({ kind: 'answer', status: 200, body: { code: '80100000', msg, requestId: 'r' } });
    const results = await site.provider.send([request('good'), request('bad')]);
    expect(results.map(nameOf)).toEqual(['accepted', 'token_invalid']);
    await site.close();
  });

  it('a partial success that cannot be read may have been shown to anybody', async () => {
    const site = await bench('hms');
    await site.provider.send([request('warm')]);
    site.fake.misbehave({ kind: 'answer', status: 200, body: { code: '80100000', msg: 'part of it', requestId: 'r' } });
    const results = await site.provider.send([request('a'), request('b')]);
    expect(results.map(nameOf)).toEqual(['unknown_after_write', 'unknown_after_write']);
    await site.close();
  });
});

describe('the vendors’ day', () => {
  it('begins at midnight in China', () => {
    expect(nextDay(Date.UTC(2026, 2, 1, 15, 59))).toBe(Date.UTC(2026, 2, 1, 16));
    expect(nextDay(Date.UTC(2026, 2, 1, 16))).toBe(Date.UTC(2026, 2, 2, 16));
  });
});
