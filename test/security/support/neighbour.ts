import { Worker } from 'node:worker_threads';
import { eventually } from '../../support/eventually.js';
import { RawClient } from '../../support/raw-client.js';
import { ServerProcess } from '../../support/server.js';

/** Batches of 500 messages to fifty users each, in a thread of its own: what measures is not to wait for what floods. */
const FLOOD = `
const { workerData: { url, key, everyMs } } = require('node:worker_threads');
const users = Array.from({ length: 50 }, (_, n) => 'crowd-' + n);
const messages = Array.from({ length: 500 }, () => ({ to: { users }, type: 't', data: 'x'.repeat(100) }));
const body = JSON.stringify({ messages });
const headers = { Authorization: 'Bearer ' + key, 'Content-Type': 'application/json' };
setInterval(() => void fetch(url + '/v1/messages/batch', { method: 'POST', headers, body }).then((a) => a.text(), () => {}), everyMs);
`;

export interface NeighbourReport {
  /** Medians of the rounds' 99th percentiles, publish to arrival. Milliseconds. */
  quietP99: number;
  floodedP99: number;
  /** `push_dropped_total{reason="publishes"}`: that there was a flood, and that it was held back. */
  heldBack: number;
}

/**
 * Latency of tenant B's messages while tenant A floods the API with 10,000 publishes a second, and while it does not: in
 * turn, so that a machine that is busy with something else is so in both.
 */
export async function besideAFlood(
  rounds: number,
  messagesEach: number,
  publishesPerSecond: number,
): Promise<NeighbourReport> {
  const adminKey = 'a'.repeat(40);
  const server = await ServerProcess.start({
    env: {
      PUSH_DATABASE_URL: 'memory:',
      PUSH_ADMIN_KEY: adminKey,
      PUSH_LIMIT_PUBLISHES_PER_SECOND: String(publishesPerSecond),
    },
  });
  let reader: RawClient | undefined;
  try {
    await server.call('POST', '/v1/tenants', { key: adminKey, body: { id: 'quiet' } });
    const headers = { 'X-Tenant': 'quiet' };
    const made = await server.call('POST', '/v1/keys', { key: adminKey, headers, body: { role: 'publisher' } });
    const key = made.body.key as string;
    const { token } = (await server.call('POST', '/v1/tokens', { key, body: { user: 'bob' } })).body as {
      token: string;
    };
    reader = (await RawClient.connect(server.socketUrl, { token, device: 'd1' }, { acknowledge: true })).client;

    const arrived = new Map<number, () => void>();
    reader.socket.on('message', (data) => {
      for (const [n, resolve] of arrived) if ((data as Buffer).includes(`"n":${n},`)) resolve();
    });
    let sent = 0;
    const p99 = async (): Promise<number> => {
      const waits: number[] = [];
      for (let n = 0; n < messagesEach; n++) {
        const own = (sent += 1);
        const begin = performance.now();
        const arrival = new Promise<void>((resolve) => arrived.set(own, resolve));
        const body = { to: { users: ['bob'] }, type: 't', data: { n: own, x: 0 } };
        const { status } = await server.call('POST', '/v1/messages', { key, body });
        if (status !== 202) throw new Error(`the quiet tenant was answered ${status}`);
        await arrival;
        arrived.delete(own);
        waits.push(performance.now() - begin);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)]!;
    };

    const heldBack = async (): Promise<number> => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      return Number(/push_dropped_total\{[^}]*reason="publishes"[^}]*\} (\d+)/.exec(metrics)?.[1] ?? 0);
    };
    await p99();
    const quiet: number[] = [];
    const flooded: number[] = [];
    for (let round = 0; round < rounds; round++) {
      quiet.push(await p99());
      const workerData = { url: server.url, key: server.keys.apiKey, everyMs: 50 };
      const flood = new Worker(FLOOD, { eval: true, workerData });
      // Until it has used up what a tenant that was quiet may send at once.
      const before = await heldBack();
      await eventually(async () => (await heldBack()) > before, 3_000).catch(() => undefined);
      flooded.push(await p99());
      await flood.terminate();
    }
    return { quietP99: median(quiet), floodedP99: median(flooded), heldBack: await heldBack() };
  } finally {
    reader?.drop();
    await server.remove();
  }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
