import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createECDH, randomBytes } from 'node:crypto';
import { FakeApns, FakeFcm, FakeWebhook, FakeWebPush } from 'push-core/testing';
import { Webhook } from 'standardwebhooks';
import { eventually } from '../support/eventually.js';
import { RawClient } from '../support/raw-client.js';
import { ServerProcess } from '../support/server.js';

jest.setTimeout(60_000);

const WAIT_MS = 1_000;
const secret = `whsec_${randomBytes(32).toString('base64')}`;
const phoneToken = (): string => randomBytes(32).toString('hex');

let apns: FakeApns;
let fcm: FakeFcm;
let webpush: FakeWebPush;
let receiver: FakeWebhook;
let server: ServerProcess;

beforeAll(async () => {
  [apns, fcm, webpush, receiver] = await Promise.all([
    new FakeApns().listen(),
    new FakeFcm().listen(),
    FakeWebPush.listen(),
    FakeWebhook.listen({ secrets: [secret] }),
  ]);
  const hosts = [apns, fcm, webpush, receiver].map(({ url }) => new URL(url).host);
  server = await ServerProcess.start({ env: { PUSH_EGRESS_ALLOW: hosts.join(',') } });
  await setProvider('default', 'apns', apns.credentials);
});
afterAll(async () => {
  await server?.remove();
  await Promise.all([apns, fcm, webpush, receiver].map((fake) => fake?.close()));
});

const admin = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.keys.adminKey, body });

async function setProvider(tenant: string, provider: string, credentials: object): Promise<void> {
  const answer = await admin('PUT', `/v1/tenants/${tenant}/providers/${provider}`, credentials);
  expect([answer.status, answer.body]).toMatchObject([200, { provider, fingerprint: expect.any(String) }]);
}

async function register(user: string, device: string, tokens: object[], platform = 'ios', key = server.keys.apiKey) {
  return server.call('PUT', `/v1/users/${user}/devices/${device}`, { body: { platform, tokens }, key });
}

const publish = (user: string, options: object = {}) =>
  server.publish(
    user,
    { text: 'Hi!' },
    {
      type: 'chat.message',
      notification: { title: 'Ann', body: 'Hi!' },
      options: { offline: { waitMs: WAIT_MS }, ...options },
    },
  );

interface Story {
  outcome: string;
  steps: { at?: number; what: string; reason?: string; device?: string; provider?: string; text: string }[];
}
async function storyOf(id: string, user: string, key = server.keys.apiKey): Promise<Story> {
  const answer = await server.call('GET', `/v1/messages/${id}/explain?user=${user}`, { key });
  expect(answer.status).toBe(200);
  return answer.body as Story;
}
async function until(id: string, user: string, what: string, key?: string): Promise<Story> {
  await eventually(async () => (await storyOf(id, user, key)).steps.some((step) => step.what === what));
  return storyOf(id, user, key);
}
const sentTo = (token: string) => apns.notifications.filter((one) => one.token === token);

describe('a user who is not there', () => {
  it('is notified on the phone, once, and the story says so', async () => {
    const token = phoneToken();
    await register('ann', 'phone', [{ provider: 'apns', token }]);
    const id = await publish('ann');
    const story = await until(id, 'ann', 'notified');
    expect(story.outcome).toBe('notified');
    expect(story.steps.find(({ what }) => what === 'notified')).toMatchObject({
      device: 'phone',
      provider: 'apns',
      reason: 'accepted',
      text: expect.any(String),
    });
    expect(story.steps[0]).toMatchObject({ what: 'accepted', at: expect.any(Number) });
    expect(sentTo(token)).toHaveLength(1);
    const { body } = await server.call('GET', `/v1/messages/${id}`);
    expect(body.counts).toMatchObject({ recipients: 1, delivered: 0, notified: 1, failed: 0 });
  });

  it('is told within waitMs and a second where the link looks alive and is silent', async () => {
    const token = phoneToken();
    await register('bob', 'phone', [{ provider: 'apns', token }]);
    const { client } = await RawClient.connect(server.socketUrl, {
      token: await server.token('bob', { device: 'phone' }),
      device: 'phone',
    });
    const before = Date.now();
    const id = await publish('bob');
    await client.pushes(1);
    await eventually(() => sentTo(token).length > 0);
    const tookMs = (sentTo(token)[0]?.at ?? 0) - before;
    expect(tookMs).toBeGreaterThanOrEqual(WAIT_MS - 50);
    expect(tookMs).toBeLessThan(WAIT_MS + 1_000);
    await until(id, 'bob', 'notified');
    await client.close();
  });

  it('has it taken back from the tablet when it is read on the laptop', async () => {
    await setProvider('default', 'fcm', fcm.credentials);
    const token = 'fcm-token-of-a-tablet';
    await register('cleo', 'tablet', [{ provider: 'fcm', token }], 'android');
    const connect = async () => ({
      token: await server.token('cleo', { device: 'laptop' }),
      device: 'laptop',
      resume: { '@me': 'start' },
    });
    const id = await publish('cleo');
    await until(id, 'cleo', 'notified');
    const { client } = await RawClient.connect(server.socketUrl, await connect());
    const [push] = await client.pushes(1);
    client.ack(push!.seq);
    client.send({ op: 'read', s: '@me', seq: push!.seq });
    const story = await until(id, 'cleo', 'retracted');
    expect(story.steps.find(({ what }) => what === 'retracted')).toMatchObject({ device: 'tablet', provider: 'fcm' });
    expect(fcm.notifications.filter((one) => one.token === token)).toHaveLength(2);
    await client.close();
  });
});

it('leaves alone whoever acknowledges in time', async () => {
  const [token, absent] = [phoneToken(), phoneToken()];
  await register('dan', 'phone', [{ provider: 'apns', token }]);
  await register('eve', 'phone', [{ provider: 'apns', token: absent }]);
  const { client } = await RawClient.connect(
    server.socketUrl,
    { token: await server.token('dan', { device: 'phone' }), device: 'phone' },
    { acknowledge: true },
  );
  const id = await publish('dan');
  await client.pushes(1);
  // Published later, and due later: when it is decided about, the other one is long decided.
  const { client: silent } = await RawClient.connect(server.socketUrl, {
    token: await server.token('eve', { device: 'phone' }),
    device: 'phone',
  });
  const marker = await publish('eve');
  await until(marker, 'eve', 'notified');
  const story = await storyOf(id, 'dan');
  expect(story.outcome).toBe('delivered');
  expect(story.steps.map(({ what }) => what)).not.toContain('notified');
  expect([sentTo(token).length, sentTo(absent).length]).toEqual([0, 1]);
  await Promise.all([client.close(), silent.close()]);
});

it('names wrong credentials, and stops only their tenant', async () => {
  const tenant = 'misconfigured';
  expect((await admin('POST', '/v1/tenants', { id: tenant })).status).toBe(201);
  const made = await server.call('POST', '/v1/keys', {
    key: server.keys.adminKey,
    headers: { 'X-Tenant': tenant },
    body: { role: 'publisher' },
  });
  const key = (made.body as { key: string }).key;
  // A key of nobody’s: well-formed, and not the one Apple knows.
  const other = new FakeApns();
  await setProvider(tenant, 'apns', { ...other.account, environment: 'production', endpoint: apns.url });
  const check = await admin('POST', `/v1/tenants/${tenant}/providers/apns/check`);
  expect([check.status, check.body]).toEqual([200, { kind: 'config_error', reason: 'InvalidProviderToken' }]);
  expect((await admin('POST', '/v1/tenants/default/providers/apns/check')).body).toEqual({ kind: 'ok' });

  const [theirs, ours] = [phoneToken(), phoneToken()];
  await register('fay', 'phone', [{ provider: 'apns', token: theirs }], 'ios', key);
  await register('gus', 'phone', [{ provider: 'apns', token: ours }]);
  const answer = await server.call('POST', '/v1/messages', {
    key,
    body: { to: { users: ['fay'] }, type: 'x', notification: { title: 'A' } },
  });
  const id = (answer.body as { id: string }).id;
  await eventually(async () => (await storyOf(id, 'fay', key)).steps.some(({ reason }) => reason === 'config_error'));
  await until(await publish('gus'), 'gus', 'notified');
  expect([sentTo(theirs).length, sentTo(ours).length]).toEqual([0, 1]);

  const shown = await admin('GET', `/v1/tenants/${tenant}/providers`);
  expect(shown.body.providers).toMatchObject([{ provider: 'apns', breaker: 'open', reason: 'InvalidProviderToken' }]);
  expect((await admin('GET', '/v1/tenants/default/providers/apns')).body).toMatchObject({ breaker: 'closed' });
  expect(server.output).toContain(`apns of tenant ${tenant}`);
  for (const text of [JSON.stringify(shown.body), server.output])
    expect(text).not.toMatch(/PRIVATE KEY|MIGHAgEAMBMGByqGSM49/);
  // Nothing of the user’s is lost by it.
  const devices = await server.call('GET', '/v1/users/fay/devices', { key });
  expect(devices.body.devices[0].tokens).toHaveLength(1);
});

it('refuses credentials that cannot be right, naming the field, and shows none', async () => {
  const answer = await admin('PUT', '/v1/tenants/default/providers/apns', { ...apns.credentials, key: 'canary' });
  expect([answer.status, answer.body.code, answer.body.field]).toEqual([400, 'INVALID', 'key']);
  expect(JSON.stringify(answer.body)).not.toContain('canary');
  expect((await admin('PUT', '/v1/tenants/default/providers/nobody', {})).status).toBeGreaterThanOrEqual(400);
  expect((await admin('GET', '/v1/tenants/default/providers/apns')).body.breaker).toBe('closed');
});

it('refuses tokens that lead into the house, whatever their spelling', async () => {
  const keys = webpush.subscribe().keys;
  const vapid = createECDH('prime256v1');
  await setProvider('default', 'webpush', {
    subject: 'mailto:push@example.com',
    publicKey: vapid.generateKeys('base64url'),
    privateKey: vapid.getPrivateKey('base64url'),
  });
  for (const endpoint of [
    'http://push.example.com/x',
    'https://push.example.com:8443/x',
    'https://user@push.example.com/x',
    'https://127.0.0.1/x',
    'https://127.1/x',
    'https://0x7f000001/x',
    'https://2130706433/x',
    'https://[::1]/x',
    'https://[::ffff:10.0.0.1]/x',
    'https://169.254.169.254/latest',
    'https://100.64.0.1/x',
    'https://localhost/x',
    'https://db.internal/x',
    'ftp://push.example.com/x',
    'nonsense',
  ]) {
    const answer = await register('hal', 'browser', [{ provider: 'webpush', token: { endpoint, keys } }], 'web');
    expect([endpoint, answer.status, answer.body.code]).toEqual([endpoint, 400, 'INVALID']);
    expect(answer.body.field).toMatch(/^tokens\[0\]/);
  }
  expect((await server.call('GET', '/v1/users/hal/devices')).body).toEqual({ devices: [] });
  const good = await register('hal', 'browser', [{ provider: 'webpush', token: webpush.subscribe() }], 'web');
  expect(good.status).toBe(200);
  const badApns = await register('hal', 'phone', [{ provider: 'apns', token: 'not hex' }]);
  expect([badApns.status, badApns.body.field]).toEqual([400, expect.stringMatching(/^tokens\[0\]/)]);
});

it('counts what providers answered, and tells what waits for them', async () => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  expect(text).toMatch(/^push_notifications_total\{provider="apns",result="accepted"\} [1-9]/m);
  expect(text).toMatch(/^push_notifications_total\{provider="apns",result="config_error"\} [1-9]/m);
  expect(text).toMatch(/^push_notification_seconds_count\{provider="apns"\} [1-9]/m);
  expect(text).toMatch(/^push_queue_depth\{queue="notifications"\} \d+$/m);
});

describe('receipts', () => {
  it('of a signed callback are noted once; unsigned ones change nothing', async () => {
    await setProvider('default', 'webhook', { url: `${receiver.url}/push`, secret });
    const id = await publish('ivy');
    await until(id, 'ivy', 'notified');
    const hook = receiver.received.find(({ data }) => data.messageId === id);
    const body = JSON.stringify({ type: 'notification.opened', data: { id: hook?.data.id } });
    const now = new Date();
    const headers = {
      'Content-Type': 'application/json',
      'webhook-id': 'c1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('c1', now, body),
    };
    const send = (text: string, more: object) =>
      server.call('POST', '/v1/callbacks/default/webhook', { key: null, body: text, headers: { ...headers, ...more } });
    const forged = [
      await send(body, { 'webhook-signature': 'v1,AAAA' }),
      await send(body.replace('opened', 'failed'), {}),
      await send(body, { 'webhook-timestamp': String(Math.floor(now.getTime() / 1000) - 600) }),
      await server.call('POST', '/v1/callbacks/nobody/webhook', { key: null, body, headers }),
      await server.call('POST', '/v1/callbacks/default/hms', { key: null, body: '{"statuses":[]}', headers }),
    ];
    for (const answer of forged) expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHORIZED']);
    expect((await storyOf(id, 'ivy')).steps.map(({ what }) => what)).not.toContain('opened');
    for (let i = 0; i < 2; i++) expect((await send(body, {})).status).toBe(200);
    const story = await until(id, 'ivy', 'opened');
    expect(story.steps.filter(({ what }) => what === 'opened')).toHaveLength(1);
    await admin('DELETE', '/v1/tenants/default/providers/webhook');
  });

  it('of the client’s own are for its own notifications', async () => {
    const token = phoneToken();
    await register('jo', 'phone', [{ provider: 'apns', token }]);
    const id = await publish('jo');
    await until(id, 'jo', 'notified');
    const opened = async (user: string, body: object) =>
      server.call('POST', '/v1/notifications/opened?device=phone', { key: await server.token(user), body });
    expect((await opened('kim', { id })).status).toBe(404);
    expect((await storyOf(id, 'jo')).steps.map(({ what }) => what)).not.toContain('opened');
    expect((await opened('jo', { id })).status).toBe(204);
    await until(id, 'jo', 'opened');
  });
});
