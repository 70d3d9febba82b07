import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { connectAsync } from 'mqtt';
import { RawClient } from '../support/raw-client.js';
import { ServerProcess, freePort, runToEnd } from '../support/server.js';

jest.setTimeout(90_000);

let server: ServerProcess | undefined;
const start = async (env: Record<string, string>): Promise<ServerProcess> =>
  (server = await ServerProcess.start({ env: { PUSH_DATABASE_URL: 'memory:', ...env } }));
afterEach(async () => {
  await server?.remove();
  server = undefined;
});

describe('PUSH_METRICS', () => {
  it('is on: what happens is counted, for everybody who asks', async () => {
    const { url, socketUrl } = await start({});
    const token = await server!.token('u');
    const { client } = await RawClient.connect(socketUrl, { token, device: 'd1' }, { acknowledge: true });
    await server!.publish('u', 1);
    await client.pushes(1);
    await client.settled();
    const answer = await fetch(`${url}/metrics`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    const lines = (await answer.text()).split('\n');
    for (const line of [
      'push_messages_accepted_total 1',
      'push_entries_sent_total{transport="websocket"} 1',
      'push_entries_acked_total{transport="websocket"} 1',
      'push_connections{transport="websocket"} 1',
      'push_delivery_seconds_count 1',
      'push_store_seconds_count{operation="messages.append"} 1',
    ]) {
      expect(lines).toContain(line);
    }
    expect(lines.some((line) => line.startsWith('nodejs_eventloop_lag_p99_seconds '))).toBe(true);
    await client.close();
  });

  it('set to off removes the route', async () => {
    const { url } = await start({ PUSH_METRICS: 'off' });
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect((await (await fetch(`${url}/openapi.json`)).json()) as object).not.toHaveProperty(['paths', '/metrics']);
  });
});

describe('PUSH_LIMIT_…', () => {
  it('reaches the engine', async () => {
    const limited = await start({ PUSH_LIMIT_CONNECTIONS_PER_USER: '1', PUSH_LIMIT_PUBLISHES_PER_SECOND: '1' });
    const token = await limited.token('u');
    const one = await RawClient.connect(limited.socketUrl, { token, device: 'd1' });
    await expect(RawClient.connect(limited.socketUrl, { token, device: 'd2' })).rejects.toThrow('3004');
    await one.client.close();

    const body = { to: { users: ['u'] }, type: 'x' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => limited.call('POST', '/v1/messages', { body })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.body).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  it('with a mistake ends the start', async () => {
    const { code, err } = await runToEnd({ PUSH_LIMIT_HOT_BYTES: '64MB', PUSH_LIMIT_HOT_SECONDS: '5' });
    expect(code).toBe(2);
    expect(err).toContain('PUSH_LIMIT_HOT_BYTES: "64MB" is no limit');
    expect(err).toContain('PUSH_LIMIT_HOT_SECONDS: there is no such limit; the nearest is PUSH_LIMIT_HOT_');
  });
});

describe('PUSH_MQTT_PORT', () => {
  it('opens a door for MQTT, with the same tokens', async () => {
    const port = await freePort();
    const { url } = await start({ PUSH_MQTT_PORT: String(port) });
    expect(url).not.toContain(String(port));
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      clientId: 'd1',
      username: 'u',
      password: await server!.token('u'),
      clean: false,
      reconnectPeriod: 0,
    });
    expect(client.connected).toBe(true);
    await client.endAsync();
  });

  it('in use is said in one line', async () => {
    const { port } = await start({});
    const { code, err } = await runToEnd({
      PUSH_PORT: '0',
      PUSH_MQTT_PORT: String(port),
      PUSH_DATABASE_URL: 'memory:',
    });
    expect(code).toBe(1);
    expect(err.trim().split('\n')).toEqual([expect.stringMatching(/^PUSH_MQTT_PORT: .*in use/)]);
  });
});
