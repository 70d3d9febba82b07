import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { connect as connectBroker } from 'amqplib';
import { PrivateMariaDb } from '../../services/mariadb.js';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import { eventually } from '../../support/eventually.js';
import { RawClient } from '../../support/raw-client.js';
import { ServerProcess, runToEnd, type Keys } from '../../support/server.js';

// Three processes at once beside a database and a broker, on a machine that may be busy.
jest.setTimeout(240_000);
const PATIENCE_MS = 60_000;

let running: ServerProcess[] = [];
afterEach(async () => {
  await Promise.all(running.map((server) => server.remove()));
  running = [];
});

/** All at the same time. The keys are whoever printed them. */
async function startAll(environments: readonly Record<string, string>[]): Promise<ServerProcess[]> {
  const keys: Keys = { apiKey: '', adminKey: '' };
  const servers = await Promise.all(
    environments.map(async (env) => {
      const server = await ServerProcess.start({ env, keys });
      running.push(server);
      return server;
    }),
  );
  const printed = (pattern: RegExp) => new Set(servers.flatMap(({ output }) => output.match(pattern) ?? []));
  const [apiKeys, adminKeys] = [printed(/push_[0-9a-f]{12}_[\w-]{43}/g), printed(/push_admin_[\w-]{43}/g)];
  expect([apiKeys.size, adminKeys.size]).toEqual([1, 1]);
  [keys.apiKey = ''] = apiKeys;
  [keys.adminKey = ''] = adminKeys;
  return servers;
}

const connect = (server: ServerProcess, token: string, resume: unknown = { '@me': 'start' }) =>
  RawClient.connect(server.socketUrl, { token, device: 'd1', resume });

const ends = (servers: readonly ServerProcess[]) =>
  Promise.all(servers.map(async (server) => (await server.end('SIGTERM')).code));

const DATABASES = [
  { need: 'postgres', title: 'PostgreSQL', start: PrivatePostgres.start },
  { need: 'mariadb', title: 'MariaDB', start: PrivateMariaDb.start },
] as const;

for (const { need, title, start } of DATABASES) {
  describeWith([need, 'rabbitmq'], `${title} and RabbitMQ`, () => {
    const services = started(async (estate) => {
      const [database, broker] = await Promise.all([start(estate), PrivateRabbit.start(estate)]);
      return { database, broker };
    });
    let count = 0;
    /** Of a cluster that nobody was in before. */
    const fresh = async (): Promise<Record<string, string>> => {
      const name = `cluster_${++count}`;
      const { database, broker } = services();
      await database.sql(`CREATE DATABASE ${name}`);
      return {
        PUSH_DATABASE_URL: database.url.replace(/[^/]+$/, name),
        PUSH_DATABASE_WAIT_MS: '60000',
        PUSH_BROKER_URL: broker.url,
        PUSH_BROKER_PREFIX: `${name}.`,
        PUSH_BROKER_STARTUP: 'wait',
      };
    };

    it('join three processes that start together: keys are made once, and a device is at home on every node', async () => {
      const env = await fresh();
      const servers = await startAll(['n1', 'n2', 'n3'].map((node) => ({ ...env, PUSH_NODE_ID: node })));
      const [first, second, third] = servers as [ServerProcess, ServerProcess, ServerProcess];
      const states = () =>
        Promise.all(servers.map(async (server) => (await server.call('GET', '/readyz')).body.status));
      await eventually(async () => (await states()).every((state) => state === 'ready'), PATIENCE_MS);

      const token = await third.token('ann');
      const { client: onSecond, connected } = await connect(second, token);
      await first.publish('ann', 1);
      await first.publish('ann', 2);
      await onSecond.pushes(2, '@me', PATIENCE_MS);
      onSecond.ack(2);
      await onSecond.settled();
      await onSecond.close();

      await second.publish('ann', 3);
      const { epoch } = connected.streams['@me'] ?? {};
      const { client: onThird } = await connect(third, token, { '@me': { epoch, seq: 2 } });
      expect((await onThird.pushes(1, '@me', PATIENCE_MS)).map(({ seq, data }) => [seq, data])).toEqual([[3, 3]]);

      // Removed on one node, refused by all before long; a key made on one is good on the others.
      const made = await first.call('POST', '/v1/keys', { key: first.keys.adminKey, body: { role: 'reader' } });
      const { id, key } = made.body as { id: string; key: string };
      const status = async (server: ServerProcess) => (await server.call('GET', '/v1/users/ann/inbox', { key })).status;
      expect(await Promise.all(servers.map(status))).toEqual([200, 200, 200]);
      await first.call('DELETE', `/v1/keys/${id}`, { key: first.keys.adminKey });
      expect(await status(first)).toBe(401);
      await eventually(async () => (await Promise.all(servers.map(status))).every((one) => one === 401), PATIENCE_MS);

      expect(await ends(servers)).toEqual([0, 0, 0]);
      expect((await onThird.ended()).code).toBe(3000);
    });

    it('join processes that each have one role', async () => {
      const env = await fresh();
      const [api, gateway, worker] = (await startAll(
        ['api', 'gateway', 'worker'].map((role) => ({ ...env, PUSH_ROLES: role, PUSH_NODE_ID: role })),
      )) as [ServerProcess, ServerProcess, ServerProcess];
      for (const server of [api, gateway, worker])
        for (const route of ['/healthz', '/readyz', '/metrics'])
          expect([route, (await fetch(server.url + route)).status]).toEqual([route, 200]);

      const statusOf = async (server: ServerProcess, method: string, route: string, body?: unknown) =>
        (await server.call(method, route, { body })).status;
      for (const server of [gateway, worker]) {
        expect(await statusOf(server, 'POST', '/v1/messages', { to: { users: ['u'] }, type: 't' })).toBe(404);
        expect(await statusOf(server, 'GET', '/v1/keys')).toBe(404);
      }
      const token = await api.token('ann');
      for (const server of [api, worker]) {
        expect(await statusOf(server, 'GET', '/v1/sse?device=d1')).toBe(404);
        await expect(RawClient.open(server.socketUrl)).rejects.toThrow(/Unexpected server response|socket hang up/);
      }

      const { client } = await connect(gateway, token);
      await api.publish('ann', 'at once');
      await client.pushes(1, '@me', PATIENCE_MS);
      // The worker releases it, and takes what other services put into the queue.
      await api.publish('ann', 'later', { options: { sendAt: Date.now() + 500 } });
      await client.pushes(2, '@me', PATIENCE_MS);
      await intoQueue(env.PUSH_BROKER_PREFIX ?? '', { to: { users: ['ann'] }, type: 'test', data: 'over the broker' });
      const pushes = await client.pushes(3, '@me', PATIENCE_MS);
      expect(pushes.map(({ data }) => data)).toEqual(['at once', 'later', 'over the broker']);
      expect(await ends([worker, api, gateway])).toEqual([0, 0, 0]);
    });

    const intoQueue = async (prefix: string, publish: object): Promise<void> => {
      const connection = await connectBroker(services().broker.url);
      const amqpChannel = await connection.createConfirmChannel();
      const body = { ...publish, tenant: 'default', idempotencyKey: randomBytes(8).toString('hex') };
      amqpChannel.sendToQueue(`${prefix}publish`, Buffer.from(JSON.stringify(body)));
      await amqpChannel.waitForConfirms();
      await connection.close();
    };

    it('can be missing: without a broker nodes find each other’s messages by the sweep', async () => {
      const { PUSH_BROKER_URL: _, PUSH_BROKER_STARTUP: __, PUSH_BROKER_PREFIX: ___, ...alone } = await fresh();
      const env = { ...alone, PUSH_LIMIT_SWEEP_MS: '500' };
      const broken = { ...env, PUSH_BROKER_URL: 'amqp://127.0.0.1:9' };
      const [first, second, third] = (await startAll([env, env, broken])) as [
        ServerProcess,
        ServerProcess,
        ServerProcess,
      ];
      expect(first.output).toContain('PUSH_BROKER_URL is unset');
      expect((await third.call('GET', '/readyz', { key: null })).body).toEqual({
        status: 'degraded',
        degraded: ['broker down'],
      });
      const token = await first.token('ann');
      const { client } = await connect(second, token);
      await first.publish('ann', 1);
      await third.publish('ann', 2);
      await client.pushes(2, '@me', PATIENCE_MS);
      expect(await ends([first, second, third])).toEqual([0, 0, 0]);
    });

    it('are named where they cannot be used, each with its variable and the remedy', async () => {
      const env: Record<string, string> = {
        ...(await fresh()),
        PUSH_PORT: '0',
        PUSH_DATABASE_WAIT_MS: '0',
        PUSH_BROKER_STARTUP: 'fail',
      };
      const url = env.PUSH_DATABASE_URL ?? '';
      for (const [wrong, complaint] of [
        [{ PUSH_DATABASE_URL: url.replace(/[^/]+$/, 'nowhere') }, /^PUSH_DATABASE_URL: .*"nowhere".*create it/],
        [{ PUSH_DATABASE_URL: url.replace(/:\d+\//, ':9/') }, /^PUSH_DATABASE_URL: no .* at 127.0.0.1:9 .*start it/],
        [{ PUSH_BROKER_URL: 'amqp://127.0.0.1:9' }, /^PUSH_BROKER_URL: .*start RabbitMQ.*PUSH_BROKER_STARTUP/],
        [
          { PUSH_BROKER_URL: services().broker.url.replace('guest:guest', 'guest:geheim') },
          /^PUSH_BROKER_URL: .*user and password/,
        ],
        [{ PUSH_BROKER_URL: `${services().broker.url}/nowhere` }, /^PUSH_BROKER_URL: .*virtual host/],
      ] as const) {
        const { code, err } = await runToEnd({ ...env, ...wrong });
        expect([code, err.trim()]).toEqual([1, expect.stringMatching(complaint)]);
        expect(err).not.toMatch(/geheim|\bat .*\.js/);
      }
    });

    describe('that have stopped answering', () => {
      it.each(['database', 'broker'] as const)('hold up no end: the %s', async (which) => {
        const [server] = (await startAll([await fresh()])) as [ServerProcess];
        const { client } = await connect(server, await server.token('ann'));
        await server.publish('ann', 1);
        await client.pushes(1, '@me', PATIENCE_MS);
        services()[which].stop();
        try {
          const begin = performance.now();
          client.ack(1);
          expect({ codes: await ends([server]), output: server.output }).toEqual({
            codes: [0],
            output: expect.stringContaining('"ended"'),
          });
          expect(performance.now() - begin).toBeLessThan(12_000);
        } finally {
          services()[which].continue();
        }
      });

      it('are told of once, and once when they answer again', async () => {
        const [server] = (await startAll([
          { ...(await fresh()), PUSH_LIMIT_SWEEP_MS: '300', PUSH_LIMIT_TIME_SYNC_MS: '500' },
        ])) as [ServerProcess];
        const { database } = services();
        const lines = (text: string) => server.output.split('\n').filter((line) => line.includes(text)).length;
        await database.kill9();
        await eventually(() => lines('the database is degraded') > 0, PATIENCE_MS);
        const answer = await server.call('POST', '/v1/messages', {
          body: { to: { users: ['u'] }, type: 't', data: 1 },
        });
        expect([answer.status, answer.body.code]).toEqual([503, 'STORE_UNAVAILABLE']);
        await database.restart();
        await eventually(() => lines('the database has recovered') > 0, PATIENCE_MS);
        await eventually(
          async () =>
            (await server.call('POST', '/v1/messages', { body: { to: { users: ['u'] }, type: 't', data: 1 } }))
              .status === 202,
          PATIENCE_MS,
        );
        expect([lines('the database is degraded'), lines('the database has recovered')]).toEqual([1, 1]);
        expect(server.isRunning).toBe(true);
      });
    });
  });
}
