import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { eventually } from '../support/eventually.js';
import { RawClient } from '../support/raw-client.js';
import { ServerProcess } from '../support/server.js';

const STUCK = 25;
const ENTRIES = 2_000;
const ENTRY_BYTES = 30 * 1024;
const MIB = 1024 * 1024;
/** What all the stuck clients together may cost; without a bound it would be STUCK × ENTRIES × ENTRY_BYTES = 1.4 GiB. */
const ALLOWED_GROWTH = 300 * MIB;

describe('clients that never read', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start();
  });
  afterAll(() => server?.remove());

  it('cost a bounded amount of memory, disturb nobody, and get everything in order when they come back', async () => {
    const users = Array.from({ length: STUCK + 1 }, (_, n) => `u${n}`);
    await server.call('POST', '/v1/topics/flood/subscribers', { body: { users } });
    const connect = async (user: string, acknowledge: boolean) =>
      RawClient.connect(server.socketUrl, { token: await server.token(user), device: 'd1' }, { acknowledge });
    const stuck = await Promise.all(users.slice(1).map(async (user) => (await connect(user, false)).client));
    for (const client of stuck) socketOf(client).pause();
    const reader = await connect(users[0]!, true);

    const baseline = server.residentBytes();
    let peak = baseline;
    const watch = setInterval(() => (peak = Math.max(peak, server.residentBytes())), 50);
    const data = 'x'.repeat(ENTRY_BYTES);
    const latencies: number[] = [];
    for (let sent = 0; sent < ENTRIES; sent += 20) {
      const messages = Array.from({ length: 20 }, (_, n) => ({
        to: { topics: ['flood'] },
        type: 't',
        data: { n: sent + n, data },
      }));
      const begin = performance.now();
      const answer = await server.call('POST', '/v1/messages/batch', { body: { messages } });
      expect(answer.status).toBe(202);
      await reader.client.pushes(sent + 20, 'flood');
      latencies.push(performance.now() - begin);
    }
    clearInterval(watch);
    const grown = peak - baseline;
    latencies.sort((a, b) => a - b);
    process.stdout.write(
      `slow clients: ${STUCK} stuck, ${ENTRIES} × ${ENTRY_BYTES / 1024} KiB published; memory ${Math.round(baseline / MIB)} → ` +
        `${Math.round(peak / MIB)} MiB at most; a reader got each 20 within ${Math.round(latencies[Math.floor(latencies.length / 2)]!)} ms (median), ` +
        `${Math.round(latencies.at(-1)!)} ms (slowest)\n`,
    );
    expect(grown).toBeLessThan(ALLOWED_GROWTH);
    expect(reader.client.received('flood').map(({ seq }) => seq)).toEqual(
      Array.from({ length: ENTRIES }, (_, n) => n + 1),
    );

    // A slow consumer is let go of; its cursor stays, so nothing is lost to it.
    const [patient, ...others] = stuck;
    for (const client of others) client.drop();
    await whenClosed(server, patient!);
    const token = await server.token(users[1]!);
    const back = await RawClient.connect(server.socketUrl, { token, device: 'd1' }, { acknowledge: true });
    const got = await back.client.pushes(ENTRIES, 'flood', 30_000);
    expect(got.map(({ seq }) => seq)).toEqual(Array.from({ length: ENTRIES }, (_, n) => n + 1));
    back.client.drop();
    reader.client.drop();
  }, 240_000);
});

const socketOf = (client: RawClient): Socket => (client.socket as unknown as { _socket: Socket })._socket;

/** The server has given it up. A client that does not read is told nothing; the machine's list of connections tells it. */
async function whenClosed(server: ServerProcess, client: RawClient): Promise<void> {
  const { localPort } = socketOf(client);
  await eventually(() => !isEstablished(server.port, localPort!), 40_000);
  socketOf(client).resume();
  expect([3001, 1006]).toContain((await client.ended()).code);
}

/** Seen from the server's side. */
function isEstablished(localPort: number, remotePort: number): boolean {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .some(
      ([, local, remote, state]) =>
        local?.endsWith(`:${hex(localPort)}`) && remote?.endsWith(`:${hex(remotePort)}`) && state === '01',
    );
}
