import { createHmac } from 'node:crypto';
import { createMemoryStore } from 'push-core';
import { vendorCallbacks } from 'push-core/providers';
import { Webhook } from 'standardwebhooks';
import { FakePush } from '../fixtures/fake-push.fixture.js';
import { Callbacks } from './callbacks.js';

const NOW = 1_790_000_000_000;
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const hmsSecret = 's'.repeat(24);

const factory = (name: string) => ({ name, parse: (credentials: unknown) => credentials });
async function started() {
  const store = createMemoryStore();
  await store.open();
  const push = new FakePush();
  const put = (tenant: string, provider: string, credentials: object) =>
    store.settings.put({ tenant, name: `provider.${provider}` }, JSON.stringify(credentials), NOW);
  await put('t1', 'webhook', { url: 'https://app.example.com/push', secret });
  await put('t1', 'hms', { callbackUser: 'huawei', callbackSecret: hmsSecret });
  await put('t1', 'apns', { key: 'x' });
  const callbacks = new Callbacks(push, {
    store,
    clock: { now: () => NOW } as never,
    offline: { providers: ['webhook', 'hms', 'apns', 'fcm'].map(factory) } as never,
  });
  const { reports } = push.notifications;
  return {
    push,
    reports,
    take: (provider: string, headers: object, body: string, tenant = 't1') =>
      callbacks.take({ tenant, provider, headers: headers as never, body }),
  };
}

const signed = (body: string, at = NOW, key = secret) => ({
  'webhook-id': 'c1',
  'webhook-timestamp': String(Math.floor(at / 1000)),
  'webhook-signature': new Webhook(key).sign('c1', new Date(at), body),
});
const opened = JSON.stringify({ type: 'notification.opened', data: { id: 'n1', at: NOW - 5 } });

it('takes what a webhook receiver signed, again and again without harm', async () => {
  const { take, reports } = await started();
  for (let i = 0; i < 2; i++) expect(await take('webhook', signed(opened), opened)).toBe(1);
  expect(reports[0]).toEqual({
    tenant: 't1',
    provider: 'webhook',
    kind: 'opened',
    reason: 'notification.opened',
    at: NOW - 5,
    notificationId: 'n1',
  });
  expect(reports[1]).toEqual(reports[0]);
});

it('takes vendors’ receipts, and finds a notification by the name the vendor gave it', async () => {
  const { take, reports } = await started();
  const value = createHmac('sha256', hmsSecret).update(`${NOW}abchuawei`).digest('base64');
  const headers = { 'x-huawei-callback-id': `timestamp=${NOW}; nonce=abc; value=${value}` };
  const body = JSON.stringify({
    statuses: [
      { token: 'tok', requestId: 'p1', deliveryStatus: { result: 0, timestamp: NOW } },
      { token: 'gone', requestId: 'p1', deliveryStatus: { result: 2, timestamp: NOW } },
      { token: 'capped', requestId: 'p1', deliveryStatus: { result: 256, timestamp: NOW } },
    ],
  });
  expect(await take('hms', headers, body)).toBe(3);
  expect(reports.map(({ providerId, kind, reason }) => [providerId, kind, reason]).sort()).toEqual([
    ['p1', 'failed', '256'],
    ['p1', 'shown', '0'],
    ['p1', 'token_invalid', '2'],
  ]);
});

it('is silent about what was wrong with an unsigned one, and notes nothing of it', async () => {
  const { take, reports } = await started();
  const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  const forged: [string, object, string, string?][] = [
    ['webhook', {}, opened],
    ['webhook', {}, ''],
    ['webhook', signed(opened), opened.replace('n1', 'n2')],
    ['webhook', signed(opened), JSON.stringify(JSON.parse(opened), null, 1)],
    ['webhook', signed(opened, NOW, other), opened],
    ['webhook', signed(opened, NOW - 6 * 60_000), opened],
    ['webhook', signed(opened), opened, 't2'],
    ['webhook', signed('{}'), '{}'],
    ['webhook', signed('nonsense'), 'nonsense'],
    ['hms', {}, '{"statuses":[]}'],
    // Credentials, but a provider that tells nothing; none; none of ours.
    ['apns', signed(opened), opened],
    ['fcm', signed(opened), opened],
    ['constructor', signed(opened), opened],
  ];
  for (const [provider, headers, body, tenant] of forged) {
    await expect(take(provider, headers, body, tenant)).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      message: 'It is not signed as this provider signs',
    });
  }
  expect(reports).toEqual([]);
});

it('refuses what is not signed for every vendor that calls back', async () => {
  const store = createMemoryStore();
  await store.open();
  const names = Object.keys(vendorCallbacks);
  for (const name of names)
    await store.settings.put({ tenant: 't1', name: `provider.${name}` }, '{"appSecret":"a","masterSecret":"b"}', NOW);
  const push = new FakePush();
  const callbacks = new Callbacks(push, { store, offline: { providers: names.map(factory) } as never });
  const bodies = ['', '{}x', '{"m":{"targets":"t","param":"n1.forged"}}', '[{"param":"n1.x"}]'];
  for (const provider of names)
    for (const body of bodies)
      await expect(callbacks.take({ tenant: 't1', provider, headers: {}, body })).rejects.toMatchObject({
        code: 'UNAUTHORIZED',
      });
  expect(push.notifications.reports).toEqual([]);
});
