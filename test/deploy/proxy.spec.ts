import { describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PushClient } from 'push-client';
import { nodeSocket } from 'push-client/node';
import { fallback } from 'push-client/fallback';
import { PrivateNginx } from '../services/nginx.js';
import { describeWith } from '../services/needs.js';
import { PrivatePostgres } from '../services/postgres.js';
import { processTree } from '../services/process-tree.js';
import { started } from '../services/started.js';
import { CurlStream } from '../support/curl-stream.js';
import { eventually } from '../support/eventually.js';
import { RawClient } from '../support/raw-client.js';
import { ServerProcess } from '../support/server.js';

jest.setTimeout(120_000);

const file = path.resolve(__dirname, '../../deploy/proxy/nginx.conf');

describe('the proxy’s file', () => {
  it('waits longer than the server is ever silent, and passes no claims on', () => {
    const text = readFileSync(file, 'utf8');
    const seconds = Number(/proxy_read_timeout (\d+)s/.exec(text)?.[1]);
    // A ping each 25 s, and 10 s for its answer.
    expect(seconds).toBeGreaterThan(35);
    expect(text).toMatch(/proxy_set_header X-Forwarded-For \$remote_addr;/);
    expect(text).toMatch(/proxy_buffering off;/);
    expect(text).not.toMatch(/^\s*worker_shutdown_timeout/m);
  });
});

describeWith(['nginx', 'postgres'], 'two nodes behind the proxy of deploy/', () => {
  const site = started(async (estate) => {
    const postgres = await PrivatePostgres.start(estate);
    const nodeAt = async (id: string, keys?: ServerProcess['keys']) => {
      const node = await ServerProcess.start({
        keys,
        env: {
          PUSH_DATABASE_URL: postgres.url,
          PUSH_NODE_ID: id,
          PUSH_LIMIT_SWEEP_MS: '300',
          PUSH_LIMIT_HEARTBEAT_MS: '1500',
          PUSH_ADMIN_KEY: 'k'.repeat(40),
        },
      });
      estate.later(() => node.remove());
      return node;
    };
    const one = await nodeAt('node1');
    const two = await nodeAt('node2', one.keys);
    const proxy = await PrivateNginx.start(estate, file, { node1: one.port, node2: two.port });
    return { one, two, proxy, keys: one.keys };
  });

  /** Through the proxy, as a backend does: again where it is told to. */
  async function publish(user: string, n: number): Promise<void> {
    const { proxy, keys } = site();
    const headers = {
      authorization: `Bearer ${keys.apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': `${user}-${n}`,
    };
    const body = JSON.stringify({ to: { users: [user] }, type: 'test', data: { n } });
    await eventually(async () => {
      const answer = await fetch(`${proxy.url}/v1/messages`, { method: 'POST', headers, body }).catch(() => undefined);
      if (answer !== undefined && answer.status !== 202 && answer.status < 500) {
        throw new Error(`publish answered ${answer.status} ${await answer.text()}`);
      }
      return answer?.status === 202;
    }, 30_000);
  }

  it('serves what clients need, and keeps the metrics to those inside', async () => {
    const { proxy } = site();
    const statusOf = async (route: string) => (await fetch(proxy.url + route)).status;
    expect(await Promise.all(['/readyz', '/openapi.json', '/metrics', '/v1/poll'].map(statusOf))).toEqual([
      ...[200, 200, 404, 401],
    ]);
  });

  it('keeps a WebSocket, an event stream and a poll through a reload', async () => {
    const { proxy, one } = site();
    const workers = () => processTree(proxy.pid);
    const { client: socket } = await RawClient.connect(
      proxy.socketUrl,
      { token: await one.token('ann'), device: 'socket' },
      { acknowledge: true },
    );
    const authorization = `Bearer ${await one.token('ann')}`;
    const stream = CurlStream.open(`${proxy.url}/v1/sse?device=stream`, { authorization });
    await stream.until((one) => one.status === 200);
    const poll = async (query: Record<string, string>) => {
      const url = `${proxy.url}/v1/poll?${new URLSearchParams({ device: 'poll', ...query }).toString()}`;
      const answer = await fetch(url, { headers: { authorization } });
      return (await answer.json()) as { entries: { data: { n: number } }[]; cursor: string };
    };
    // The first one makes the device known; the second waits.
    const { cursor } = await poll({ waitMs: '0' });
    const waiting = poll({ waitMs: '25000', after: cursor });
    const before = workers();

    proxy.reload();
    await eventually(() => workers().some((pid) => !before.includes(pid)));
    // Still there some time after: two pings of the server later, over the worker that is to go.
    let pings = 0;
    socket.socket.on('ping', () => (pings += 1));
    await eventually(() => pings >= 2 || socket.end !== undefined);
    await publish('ann', 1);
    expect((await waiting).entries.map(({ data }) => data.n)).toEqual([1]);
    expect((await socket.pushes(1)).map(({ data }) => (data as { n: number }).n)).toEqual([1]);
    await stream.until((one) => one.seqs.length === 1);
    expect([socket.end, stream.ended]).toEqual([undefined, false]);
    // And what is new goes to the new workers.
    const { client: second } = await RawClient.connect(proxy.socketUrl, {
      token: await one.token('ann'),
      device: 'second',
    });
    await Promise.all([socket.close(), second.close(), stream.drop()]);
  });

  it('loses and doubles nothing while a node drains', async () => {
    const { proxy, one, two } = site();
    const shown: Record<string, number[]> = {};
    const clients = await Promise.all(
      ['d1', 'd2', 'd3', 'd4', 'd5', 'd6'].map(async (device) => {
        const client = new PushClient({
          url: proxy.socketUrl,
          token: await two.token('bob'),
          device,
          socket: nodeSocket(),
          backoff: { baseMs: 100, capMs: 1_000 },
          transport: fallback(),
        });
        const seen: number[] = (shown[device] = []);
        client.on('message', ({ data }) => void seen.push((data as { n: number }).n));
        await client.connect();
        return client;
      }),
    );
    const connectionsOf = async (node: ServerProcess) =>
      (await (await fetch(`${node.url}/metrics`)).text())
        .split('\n')
        .filter((line) => line.startsWith('push_connections{'))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    // The fewest connections: both have some.
    expect(Math.min(await connectionsOf(one), await connectionsOf(two))).toBeGreaterThan(0);

    const total = 60;
    const sending = (async () => {
      for (let n = 1; n <= total; n++) await publish('bob', n);
    })();
    await eventually(() => (shown.d1?.length ?? 0) > 5);
    const { code } = await one.end('SIGTERM');
    await sending;
    expect([code, code === 0 ? '' : one.output.slice(-2000)]).toEqual([0, '']);
    const all = Array.from({ length: total }, (_, at) => at + 1);
    await eventually(() => Object.values(shown).every((seen) => seen.length >= total), 40_000);
    for (const [device, seen] of Object.entries(shown)) expect([device, seen]).toEqual([device, all]);
    await Promise.all(clients.map((client) => client.close()));
  });
});
