import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { FakeApns } from 'push-core/testing';
import { describeWith } from '../services/needs.js';
import { PrivateRabbit } from '../services/rabbit.js';
import { started } from '../services/started.js';
import { eventually } from '../support/eventually.js';
import { RawClient } from '../support/raw-client.js';
import { ServerProcess } from '../support/server.js';
import { PostgresSchema, sqliteMentions } from '../support/table-dump.js';

jest.setTimeout(180_000);

/** What is looked for afterwards: in the user's own name, its device, its token, what it was told. */
interface Canary {
  readonly user: string;
  readonly device: string;
  readonly token: string;
  readonly body: string;
}
const canary = (): Canary => {
  const word = `canary${randomBytes(6).toString('hex')}`;
  return {
    user: `${word}@example.org`,
    device: `phone-of-${word}`,
    token: randomBytes(32).toString('hex'),
    body: `a secret for ${word}`,
  };
};
const word = ({ user }: Canary): string => user.slice(0, user.indexOf('@'));

const admin = (server: ServerProcess, method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.keys.adminKey, headers: { 'X-Tenant': 'default' }, body });

async function done(answer: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`answered ${status} ${JSON.stringify(body)}`);
}

/** A life: registered, subscribed, told alone and among others, notified, read, muted, with something still to come. */
async function live(server: ServerProcess, other: ServerProcess, one: Canary): Promise<RawClient> {
  const { user, device, token, body } = one;
  await done(
    server.call('PUT', `/v1/users/${user}/devices/${device}`, {
      body: { platform: 'ios', tokens: [{ provider: 'apns', token }] },
    }),
  );
  await done(server.call('PUT', `/v1/topics/news/subscribers/${user}`));
  await done(server.call('PUT', `/v1/topics/news/subscribers/ann`));
  await done(server.call('PUT', `/v1/users/${user}/preferences`, { body: { mutedThreads: { quiet: 0 } } }));
  const notification = { title: 'Ann', body };
  const offline = { options: { offline: { waitMs: 0 } } };
  const key = { headers: { 'Idempotency-Key': `key-${word(one)}` } };
  await done(
    server.call('POST', '/v1/messages', {
      body: { to: { users: [user] }, type: 'chat', data: { body }, notification, ...offline },
      ...key,
    }),
  );
  const mentions = { title: 'All', body: 'to all', mentions: [user] };
  await server.publish('ann', { text: 'many' }, { to: { users: ['ann', user] }, notification: mentions, ...offline });
  const except = { users: [user], devices: [{ user, device }] };
  await server.publish('ann', { text: 'topic' }, { to: { topics: ['news'], except } });
  await server.publish('ann', { text: 'news' }, { to: { topics: ['news'] } });
  await server.publish(user, { body }, { options: { sendAt: Date.now() + 3_600_000 } });
  await eventually(async () => {
    const { body: found } = await server.call('GET', `/v1/messages?user=${user}`);
    const story = await server.call('GET', `/v1/messages/${found.messages.at(-1).id}/explain?user=${user}`);
    return story.body.steps.some((step: { what: string }) => step.what === 'notified');
  }, 30_000);
  const { client } = await RawClient.connect(other.socketUrl, {
    token: await server.token(user, { device }),
    device,
    resume: { '@me': 'start' },
  });
  await client.pushes(2);
  client.send({ op: 'ack', s: '@me', seq: 2 }, { op: 'read', s: '@me', seq: 1 });
  await eventually(async () => {
    const { body: cursors } = await server.call('GET', `/v1/users/${user}/cursors`);
    return cursors.cursors.some(({ s, seq }: { s: string; seq: number }) => s === '@me' && seq === 2);
  });
  return client;
}

/**
 * Somebody else comes, acknowledges and goes after the user did: when the node has written that down, it has written down all it would
 * have written of the user.
 */
async function wroteBehind(node: ServerProcess): Promise<void> {
  const user = 'bob';
  const { client } = await RawClient.connect(node.socketUrl, {
    token: await node.token(user),
    device: `on-${node.port}`,
  });
  await node.publish(user, { text: 'later' });
  const [{ seq } = { seq: 0 }] = await client.pushes(1);
  client.ack(seq);
  await client.settled();
  client.drop();
  await eventually(async () => {
    const { body: presence } = await node.call('GET', `/v1/users/${user}/presence`);
    const { body: cursors } = await node.call('GET', `/v1/users/${user}/cursors`);
    const isAcknowledged = cursors.cursors.some(
      (one: { device: string; s: string; seq: number }) =>
        one.device === `on-${node.port}` && one.s === '@me' && one.seq >= seq,
    );
    return isAcknowledged && presence.online === false;
  }, 30_000);
}

const found = (text: string, { token, body, ...one }: Canary): string[] =>
  [word({ ...one, token, body }), token, body].filter((secret) => text.includes(secret));

const linesOf = (log: string, one: Canary): string[] => log.split('\n').filter((line) => found(line, one).length > 0);

describe('a user who is erased', () => {
  let apns: FakeApns;
  let server: ServerProcess;
  const one = canary();
  beforeAll(async () => {
    apns = await new FakeApns().listen();
    server = await ServerProcess.start({
      env: { PUSH_EGRESS_ALLOW: new URL(apns.url).host, PUSH_LOG_LEVEL: 'debug' },
    });
    await done(admin(server, 'PUT', '/v1/tenants/default/providers/apns', apns.credentials));
  });
  afterAll(async () => {
    await server?.remove();
    await apns?.close();
  });

  it('leaves nothing in tables, metrics and logs; what others were told stays', async () => {
    const client = await live(server, server, one);
    const before = sqliteMentions(server.databaseFile, word(one));
    expect(before.map(({ table }) => table)).toEqual(
      expect.arrayContaining([
        ...['push_message', 'push_entry', 'push_stream', 'push_idempotency', 'push_device', 'push_subscription'],
        ...['push_cursor', 'push_presence', 'push_read_mark', 'push_notification', 'push_preference'],
      ]),
    );
    const answer = await admin(server, 'DELETE', `/v1/users/${one.user}`);
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        erased: {
          ...{ messages: 2, audiences: 2, entries: 2, devices: 1, subscriptions: 1 },
          ...{ notifications: expect.any(Number), others: expect.any(Number) },
        },
        finished: true,
      },
    ]);
    const logged = server.output.length;
    await client.ended();
    await wroteBehind(server);
    expect(sqliteMentions(server.databaseFile, word(one))).toEqual([]);
    expect(sqliteMentions(server.databaseFile, one.token)).toEqual([]);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(found(metrics, one)).toEqual([]);
    expect(linesOf(server.output.slice(logged), one)).toEqual([]);

    const { body: list } = await server.call('GET', `/v1/messages?user=ann`);
    expect(list.messages).toHaveLength(1);
    const { body: many } = await server.call('GET', `/v1/messages/${list.messages[0].id}`);
    expect([many.to, many.notification]).toEqual([{ users: ['ann'] }, { title: 'All', body: 'to all' }]);
    const { body: topics } = await server.call('GET', '/v1/topics?prefix=ne');
    expect(topics).toEqual({ topics: [{ topic: 'news', subscribers: 1, head: 2 }] });
  });

  it('is gone from every list, and erased again without ado', async () => {
    const { body: users } = await server.call('GET', '/v1/users');
    expect(users.users.map(({ user }: { user: string }) => user)).toEqual(['ann', 'bob']);
    expect((await server.call('GET', `/v1/users/${one.user}/cursors`)).body).toEqual({ cursors: [] });
    const again = await admin(server, 'DELETE', `/v1/users/${one.user}`);
    expect(Object.values(again.body.erased as object).every((count) => count === 0)).toBe(true);
  });

  it('comes back to an empty inbox, and is told reset where it had been before', async () => {
    const first = await server.call('GET', `/v1/users/${one.user}/inbox`);
    for (let n = 0; n < 3; n++) await server.publish(one.user, { n });
    const resumed = await RawClient.connect(server.socketUrl, {
      token: await server.token(one.user, { device: one.device }),
      device: one.device,
      resume: { '@me': { epoch: first.body.epoch.split('-')[0], seq: 2 } },
    });
    await resumed.client.pushes(3);
    const { body } = await server.call('GET', `/v1/users/${one.user}/inbox`);
    expect([body.head, body.epoch]).toEqual([3, first.body.epoch]);
    await resumed.client.close();
    await done(admin(server, 'DELETE', `/v1/users/${one.user}`));
  });

  it('said nothing secret in the log while it was there: no token, no body', () => {
    expect([server.output.includes(one.token), server.output.includes(one.body)]).toEqual([false, false]);
  });
});

describeWith(['postgres', 'rabbitmq'], 'a user who is erased from two nodes', () => {
  const broker = started((estate) => PrivateRabbit.start(estate));
  let apns: FakeApns;
  let schema: PostgresSchema;
  let nodes: ServerProcess[];
  beforeAll(async () => {
    apns = await new FakeApns().listen();
    schema = await PostgresSchema.create();
    const env = {
      PUSH_DATABASE_URL: schema.url,
      PUSH_BROKER_URL: broker().url,
      PUSH_EGRESS_ALLOW: new URL(apns.url).host,
      PUSH_LOG_LEVEL: 'debug',
      PUSH_LOG_USERS: 'pseudonym',
    };
    const here = await ServerProcess.start({ env });
    nodes = [here, await ServerProcess.start({ env, keys: here.keys })];
    await done(admin(here, 'PUT', '/v1/tenants/default/providers/apns', apns.credentials));
  });
  afterAll(async () => {
    await Promise.all(nodes?.map((node) => node.remove()) ?? []);
    await schema?.remove();
    await apns?.close();
  });

  it('leaves nothing in tables, queues, metrics and logs of either', async () => {
    const one = canary();
    const [here, there] = nodes as [ServerProcess, ServerProcess];
    const client = await live(here, there, one);
    expect((await schema.mentions(word(one))).length).toBeGreaterThan(10);
    const { status, body } = await admin(here, 'DELETE', `/v1/users/${one.user}`);
    expect([status, body]).toMatchObject([200, { finished: true, erased: { messages: 2, audiences: 2, devices: 1 } }]);
    await client.ended();
    await Promise.all([wroteBehind(here), wroteBehind(there)]);
    expect(await schema.mentions(word(one))).toEqual([]);
    expect(await schema.mentions(one.token)).toEqual([]);
    const queues = await broker().control('list_queues', 'messages', '--no-table-headers');
    expect(
      queues
        .trim()
        .split(/\s+/)
        .map(Number)
        .filter((messages) => messages !== 0),
    ).toEqual([]);
    for (const node of nodes) {
      expect(found(await (await fetch(`${node.url}/metrics`)).text(), one)).toEqual([]);
      // With pseudonyms, never: not while it was there, and not while it was shown out.
      expect(linesOf(node.output, one)).toEqual([]);
    }
  });
});
