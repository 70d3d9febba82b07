import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RawClient } from '../support/raw-client.js';
import { committingStore, flood, ordinaryLoad } from '../security/support/unfair-load.js';
import { API_KEY, OTHER_KEY, World } from '../security/support/world.js';

jest.setTimeout(300_000);

const ROUNDS = 3;
const MESSAGES = 60;
/** Publishes of the one tenant that are waiting for the store at any time: forty transactions of them. */
const WAITING = 1000;
/** Whatever else the machine does only adds: the least disturbed of so many tries counts. Without turns it is more than ten times as long. */
const TRIES = 3;

/** A tenant `default` that floods, and what is measured of it and of tenant `other`: from `POST /v1/messages` to the device. */
describe('while one tenant has thousands of publishes waiting', () => {
  let world: World;
  let endOrdinary: () => void;
  const clients: RawClient[] = [];
  beforeAll(async () => {
    world = await World.start({ store: committingStore(), limits: { commitBatch: 25 } });
    endOrdinary = ordinaryLoad(world.push);
  });
  afterAll(async () => {
    endOrdinary();
    for (const client of clients) client.drop();
    await world.close();
  });

  /** Measures the 99th percentile of messages to a user of the tenant. */
  async function probe(tenant: string, key: string): Promise<() => Promise<number>> {
    const token = await world.token('bob', { tenant });
    const { client } = await RawClient.connect(world.socketUrl, { token, device: 'd1' }, { acknowledge: true });
    clients.push(client);
    const arrived = new Map<string, () => void>();
    client.socket.on('message', (data) => {
      for (const [, n] of (data as Buffer).toString().matchAll(/"n":"(\d+)"/g)) arrived.get(n!)?.();
    });
    let no = 0;
    return async () => {
      const waits: number[] = [];
      for (let i = 0; i < MESSAGES; i++) {
        const n = String(++no);
        const begin = performance.now();
        const arrival = new Promise<void>((resolve) => arrived.set(n, resolve));
        const body = { to: { users: ['bob'] }, type: 't', data: { n } };
        const { status } = await world.call('POST', '/v1/messages', { bearer: key, body });
        if (status !== 202) throw new Error(`answered ${status}`);
        await arrival;
        arrived.delete(n);
        waits.push(performance.now() - begin);
        // At another moment of a transaction each time.
        await new Promise((resolve) => setTimeout(resolve, (i * 7) % 23));
      }
      return waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99) - 1]!;
    };
  }

  /** In turn, so that a machine that is busy with something else is so in both. */
  async function compare(
    p99: () => Promise<number>,
    rounds: number,
  ): Promise<{ quiet: number; flooded: number; written: number }> {
    const quiet: number[] = [];
    const flooded: number[] = [];
    let written = 0;
    await p99();
    for (let round = 0; round < rounds; round++) {
      quiet.push(await p99());
      const end = flood(world.push, 'default', WAITING);
      flooded.push(await p99());
      written += await end();
    }
    return { quiet: median(quiet), flooded: median(flooded), written };
  }

  it('another’s messages take as long as before: their 99th percentile moves by less than a fifth', async () => {
    const p99 = await probe('other', OTHER_KEY);
    let moved = Infinity;
    for (let tries = 0; tries < TRIES && moved >= 1.2; tries++) {
      const { quiet, flooded, written } = await compare(p99, ROUNDS);
      console.info(
        `p99 of the other tenant: ${quiet.toFixed(1)} ms, flooded ${flooded.toFixed(1)} ms; ${written} written of the flood`,
      );
      expect(written).toBeGreaterThan(ROUNDS * WAITING);
      moved = Math.min(moved, flooded / quiet);
    }
    expect(moved).toBeLessThan(1.2);
  });

  it('its own wait for one another: what everybody’s would without turns', async () => {
    const { quiet, flooded } = await compare(await probe('default', API_KEY), 1);
    console.info(`p99 of the tenant that floods: ${quiet.toFixed(1)} ms, flooded ${flooded.toFixed(1)} ms`);
    expect(flooded).toBeGreaterThan(quiet * 3);
  });
});

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
