import { createHmac } from 'node:crypto';
import { callbackParam } from './callback.js';
import { vendorCallbacks } from './callbacks.js';
import { sharedName } from './names.js';
import { bench, request } from './vendor.fixture.js';

const NOW = Date.UTC(2026, 5, 1, 12);
const { hms, harmony, xiaomi, oppo, vivo, meizu } = vendorCallbacks as Required<typeof vendorCallbacks>;

describe('receipts of Huawei', () => {
  const credentials = { callbackUser: 'push', callbackSecret: 'receipt-secret' };
  const statuses = [0, 2, 5, 6, 10, 15, 256, 102].map((status, at) => ({
    token: `t${at}`,
    status,
    biTag: `n${at}`,
    requestid: 'req',
    timestamp: NOW,
  }));
  const body = JSON.stringify({ statuses });
  const signed = (timestamp = String(NOW), user = 'push', secret = 'receipt-secret'): Record<string, string> => {
    const value = createHmac('sha256', secret).update(`${timestamp}nonce${user}`).digest('base64');
    return { 'x-huawei-callback-id': `timestamp=${timestamp}; nonce=nonce; value=${value}` };
  };

  it('tell what became of each, and which tokens are dead', () => {
    const reading = hms(signed(), body, credentials, NOW);
    expect(reading.kind === 'events' && reading.events.map(({ reason, kind }) => [reason, kind])).toEqual([
      ['0', 'shown'],
      ['2', 'token_invalid'],
      ['5', 'token_invalid'],
      ['6', 'not_shown'],
      ['10', 'not_shown'],
      ['15', 'not_shown'],
      ['256', 'not_shown'],
      ['102', 'not_shown'],
    ]);
    expect(reading.kind === 'events' && reading.events[0]).toEqual({
      kind: 'shown',
      reason: '0',
      notificationId: 'n0',
      providerIds: ['req', sharedName('req', 't0')],
      token: 't0',
      at: NOW,
    });
  });

  it('of HarmonyOS have their status one level down', () => {
    const status = {
      token: 't',
      requestId: 'r',
      biTag: 'n',
      pushType: 0,
      deliveryStatus: { result: 2, timestamp: NOW },
    };
    expect(harmony(signed(), JSON.stringify({ statuses: [status] }), credentials, NOW)).toEqual({
      kind: 'events',
      events: [expect.objectContaining({ kind: 'token_invalid', reason: '2', token: 't', notificationId: 'n' })],
    });
  });

  it('may date themselves in seconds', () => {
    expect(hms(signed(String(NOW / 1000)), body, credentials, NOW).kind).toBe('events');
  });

  it.each([
    ['another secret', signed(undefined, undefined, 'x'), 'signature'],
    ['another user', signed(undefined, 'x'), 'signature'],
    ['no signature', {}, 'signature'],
    ['half a signature', { 'x-huawei-callback-id': `timestamp=${NOW}; nonce=nonce` }, 'signature'],
    ['five minutes and a second ago', signed(String(NOW - 301_000)), 'too_old'],
  ])('with %s count for nothing', (_what, headers, reason) => {
    expect(hms(headers, body, credentials, NOW)).toEqual({ kind: 'refused', reason });
  });

  it('count for nothing where no key was set for them', () => {
    expect(hms(signed(), body, {}, NOW)).toEqual({ kind: 'refused', reason: 'not_configured' });
  });

  it.each(['', 'null', '[]', '{"statuses":7}'])('%j cannot be read', (text) => {
    expect(hms(signed(), text, credentials, NOW)).toEqual({ kind: 'refused', reason: 'unreadable' });
  });
});

describe('receipts that the vendor does not sign', () => {
  const param = callbackParam('n-1', 'the-secret');

  it('of Xiaomi tell of each target', () => {
    const data = Object.fromEntries(
      [1, 2, 16, 32, 64, 128, 512].map((type) => [`sdm${type}`, { param, type, targets: 'a,b', timestamp: NOW }]),
    );
    const body = new URLSearchParams({ data: JSON.stringify(data) }).toString();
    const reading = xiaomi({}, body, { appSecret: 'the-secret' }, NOW);
    expect(reading.kind === 'events' && reading.events.map(({ kind, token }) => `${kind} ${token}`)).toEqual([
      ...['shown a', 'shown b', 'opened a', 'opened b', 'token_invalid a', 'token_invalid b'],
      ...['not_shown a', 'not_shown b', 'not_shown a', 'not_shown b', 'not_shown a', 'not_shown b'],
    ]);
    expect(reading.kind === 'events' && reading.events[0]).toEqual({
      kind: 'shown',
      reason: '1',
      notificationId: 'n-1',
      providerIds: ['sdm1', sharedName('sdm1', 'a')],
      token: 'a',
      at: NOW,
    });
  });

  it('of vivo tell what was shown', () => {
    const body = JSON.stringify({ 'vivo-1': { param, targets: 'a,b' } });
    expect(vivo({}, body, { appSecret: 'the-secret' }, NOW)).toEqual({
      kind: 'events',
      events: ['a', 'b'].map((token) => expect.objectContaining({ kind: 'shown', token, notificationId: 'n-1' })),
    });
  });

  it('of Meizu are named after the message and the kind', () => {
    const cb = { 'NS1-1': { param, type: 1, targets: ['a'] }, 'NS1-2': { param, type: 2, targets: ['a'] } };
    const body = new URLSearchParams({ cb: JSON.stringify(cb), access_token: 'x' }).toString();
    const reading = meizu({}, body, { appSecret: 'the-secret' }, NOW);
    expect(reading.kind === 'events' && reading.events.map(({ kind, providerIds }) => [kind, providerIds[0]])).toEqual([
      ['shown', 'NS1'],
      ['opened', 'NS1'],
    ]);
  });

  it('of OPPO are a list of events', () => {
    const event = (eventType: string): object => ({
      eventType,
      messageId: 'o-1',
      registrationIds: 'a,b',
      param,
      eventTime: NOW,
    });
    const body = JSON.stringify(['push_arrive', 'push_click', 'regid_invalid', 'user_daily_limit', 'new'].map(event));
    const reading = oppo({}, body, { masterSecret: 'the-secret' }, NOW);
    expect(reading.kind === 'events' && reading.events.map(({ kind, token }) => `${kind} ${token}`)).toEqual([
      ...[
        'shown a',
        'shown b',
        'opened a',
        'opened b',
        'token_invalid a',
        'token_invalid b',
        'not_shown a',
        'not_shown b',
      ],
    ]);
  });

  it.each([
    ['nothing of ours', undefined],
    ['a name alone', 'n-1'],
    ['another name with our signature', `n-2.${param.split('.')[1] ?? ''}`],
    ['another secret’s', callbackParam('n-1', 'x')],
    ['no name', callbackParam('', 'the-secret')],
  ])('count for nothing with %s', (_what, given) => {
    const entry = { param: given, type: 16, targets: 'a' };
    const refused = { kind: 'refused', reason: 'signature' };
    const form = (name: string): string => new URLSearchParams({ [name]: JSON.stringify({ x: entry }) }).toString();
    expect(xiaomi({}, form('data'), { appSecret: 'the-secret' }, NOW)).toEqual(refused);
    expect(meizu({}, form('cb'), { appSecret: 'the-secret' }, NOW)).toEqual(refused);
    expect(vivo({}, JSON.stringify({ x: entry }), { appSecret: 'the-secret' }, NOW)).toEqual(refused);
    const event = { eventType: 'regid_invalid', registrationIds: 'a', param: given };
    expect(oppo({}, JSON.stringify([event]), { masterSecret: 'the-secret' }, NOW)).toEqual(refused);
  });

  it.each(['', 'null', '7', '<xml>', '{"a":7}', '[[]]'])('%j tells nothing, and harms nobody', (body) => {
    for (const parse of [xiaomi, oppo, vivo, meizu]) {
      const reading = parse({}, body, { appSecret: 's', masterSecret: 's' }, NOW);
      expect(reading.kind === 'refused' || reading.events.length === 0).toBe(true);
    }
  });

  it('carry along what is within every vendor’s length, and come back as they were sent', async () => {
    expect(callbackParam('00000000-0000-4000-8000-000000000001', 's').length).toBe(49);
    const site = await bench('xiaomi');
    const one = request('t');
    const callback = 'https://push.example/callbacks/xiaomi';
    await site.withCredentials({ callback }).send([one]);
    const content = site.fake.shown[0]?.content as Record<string, string>;
    expect(content['extra.callback']).toBe(callback);
    const data = { sdm1: { param: content['extra.callback.param'], type: 16, targets: 't' } };
    const reading = xiaomi(
      {},
      new URLSearchParams({ data: JSON.stringify(data) }).toString(),
      site.fake.credentials,
      NOW,
    );
    expect(reading.kind === 'events' && reading.events[0]?.notificationId).toBe(one.notification.id);
    await site.close();
  });
});
