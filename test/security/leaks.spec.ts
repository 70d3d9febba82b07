import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { FakeApns, FakeWebhook } from 'push-core/testing';
import { eventually } from '../support/eventually.js';
import { RawClient } from '../support/raw-client.js';
import { runToEnd, ServerProcess } from '../support/server.js';

jest.setTimeout(90_000);

/** A word that stands nowhere else. */
const canaries = new Map<string, string>();
function canary(name: string): string {
  const word = `cnry${randomBytes(12).toString('hex')}`;
  canaries.set(name, word);
  return word;
}

/** What each way of telling something has told. */
const told = new Map<string, string>();
function leaks(but: readonly string[] = []): string[] {
  return [...told].flatMap(([where, text]) =>
    [...canaries].flatMap(([name, word]) =>
      !but.includes(name) && text.includes(word) ? [`${name} in ${where}`] : [],
    ),
  );
}

describe('what a server at its most talkative tells of what it was given', () => {
  let server: ServerProcess;
  let apns: FakeApns;
  let webhook: FakeWebhook;
  let rude: Server;
  const secret = `whsec_${Buffer.from(canary('webhook secret')).toString('base64')}`;
  canaries.set('webhook secret, as given', secret.slice(6));
  /** Given, so not printed. */
  const adminKey = `${canary('admin key')}${randomBytes(8).toString('hex')}`;
  const admin = (method: string, route: string, body?: unknown) => server.call(method, route, { key: adminKey, body });

  beforeAll(async () => {
    apns = await new FakeApns().listen();
    webhook = await FakeWebhook.listen({ secrets: [`whsec_${randomBytes(32).toString('base64')}`] });
    // A provider that answers errors with what it was sent, and more.
    rude = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(500, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ error: { said: body, headers: request.headers, also: canaries.get('provider’s answer') } }),
        );
      });
    });
    canary('provider’s answer');
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
    server = await ServerProcess.start({
      env: {
        PUSH_LOG_LEVEL: 'trace',
        PUSH_LOG_USERS: 'pseudonym',
        PUSH_LOG_PSEUDONYM_KEY: canary('pseudonym key'),
        PUSH_ADMIN_KEY: adminKey,
        PUSH_ALARM_WEBHOOK: `http://127.0.0.1:1/${canary('alarm webhook')}`,
        PUSH_EGRESS_ALLOW: [apns.url, webhook.url, rudeUrl()].map((url) => new URL(url).host).join(','),
      },
    });
  });
  afterAll(async () => {
    await server?.remove();
    await Promise.all([apns, webhook].map((fake) => fake?.close()));
    await new Promise((resolve) => rude.close(resolve));
  });
  const rudeUrl = (): string => `http://127.0.0.1:${(rude.address() as AddressInfo).port}`;

  it('is neither content nor users, neither credentials nor addresses', async () => {
    const user = canary('user');
    const device = canary('device');
    const content = {
      data: { text: canary('data') },
      notification: { title: canary('title'), body: canary('body') },
      thread: canary('thread'),
    };
    const token = await server.token(user);
    canaries.set('client token', token.split('.')[2]!);

    // A device that comes, is told, and goes.
    const client = await RawClient.open(server.socketUrl);
    client.sendText(JSON.stringify({ op: 'connect', token, device }));
    await client.until(({ op }) => op === 'connected');
    await server.publish(user, content.data, { thread: content.thread });
    await client.until(({ op }) => op === 'push');
    client.drop();

    // Wrong in every place.
    for (const body of [
      { to: { users: [user] }, type: 'x', data: content.data, surplus: canary('unknown field') },
      { to: { users: user }, type: 'x', ...content },
      `{"to":{"users":["${user}"]},"data":"${content.data.text}`,
      { to: { users: [user] }, type: 'x', ...content, notification: { title: 7, body: content.notification.body } },
    ])
      expect((await server.call('POST', '/v1/messages', { body })).status).toBeGreaterThanOrEqual(400);
    for (const key of [canary('wrong key'), `push_0123456789ab_${canary('key of nobody')}`])
      expect((await server.call('GET', '/v1/keys', { key })).status).toBe(401);

    // Credentials that are wrong, and a provider that says everything it was told.
    const key = `-----BEGIN PRIVATE KEY-----\n${canary('PEM')}\n-----END PRIVATE KEY-----`;
    await admin('PUT', '/v1/tenants/default/providers/apns', { ...apns.credentials, key });
    const other = new FakeApns();
    await admin('PUT', '/v1/tenants/default/providers/apns', {
      ...other.account,
      environment: 'production',
      endpoint: apns.url,
    });
    await admin('PUT', '/v1/tenants/default/providers/webhook', {
      url: `${rudeUrl()}/${canary('webhook path')}`,
      secret,
    });
    const tokens = [
      { provider: 'apns', token: Buffer.from(canary('device token')).toString('hex') },
      { provider: 'webhook', token: '' },
    ];
    canaries.set('device token, as sent', (tokens[0] as { token: string }).token);
    await server.call('PUT', `/v1/users/${user}/devices/${device}`, { body: { platform: 'ios', tokens } });
    const id = await server.publish(user, content.data, { ...content, options: { offline: { waitMs: 1 } } });
    await eventually(async () => {
      const story = await server.call('GET', `/v1/messages/${id}/explain?user=${user}`);
      return (story.body as { steps: { provider?: string }[] }).steps.some(({ provider }) => provider !== undefined);
    }, 30_000);
    for (const provider of ['apns', 'webhook']) await admin('POST', `/v1/tenants/default/providers/${provider}/check`);

    for (const route of ['/metrics', '/healthz', '/readyz', '/openapi.json'])
      told.set(route, await (await fetch(server.url + route)).text());
    await server.end();
    told.set('the log', server.output);
    expect(server.output).toContain('a device has connected');
    expect(leaks()).toEqual([]);
  });
});

describe('a start that fails', () => {
  it.each([
    [
      'a database that is not there',
      { PUSH_DATABASE_URL: `postgres://ann:${canary('password')}@127.0.0.1:1/push`, PUSH_DATABASE_WAIT_MS: '0' },
    ],
    ['a database url that is wrong', { PUSH_DATABASE_URL: `postgres://ann:${canary('password 2')}@` }],
    [
      'a broker that is not there',
      {
        PUSH_DATABASE_URL: 'memory:',
        PUSH_BROKER_URL: `amqp://ann:${canary('password 3')}@127.0.0.1:1`,
        PUSH_BROKER_STARTUP: 'fail',
      },
    ],
    [
      'secrets that are none',
      {
        PUSH_ALARM_SECRET: canary('alarm secret'),
        PUSH_ALARM_WEBHOOK: `ftp://x/${canary('address')}`,
        PUSH_LOG_PSEUDONYM_KEY: `${canary('short')} x`,
      },
    ],
  ])('does not tell its secrets: %s', async (name, env) => {
    const { code, out, err } = await runToEnd({
      PUSH_PORT: '0',
      PUSH_LOG_LEVEL: 'trace',
      ...(env as Record<string, string>),
    });
    expect(code).not.toBe(0);
    told.set(name, out + err);
    expect(leaks()).toEqual([]);
  });
});
