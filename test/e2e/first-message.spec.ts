import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { RawClient } from '../support/raw-client.js';
import { ServerProcess } from '../support/server.js';

describe('the first message', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start();
  });
  afterAll(() => server?.remove());

  it('is published over HTTP, arrives, is acknowledged, and counts as delivered', async () => {
    const token = await server.token('ann', { device: 'phone' });
    const { client, connected } = await RawClient.connect(server.socketUrl, { token, device: 'phone' });
    expect(connected).toEqual({
      op: 'connected',
      connection: expect.any(String),
      node: expect.any(String),
      heartbeatMs: 25_000,
      streams: { '@me': { epoch: expect.any(String), head: 0, from: 0, recovery: 'complete' } },
    });

    const before = Date.now();
    const published = await server.call('POST', '/v1/messages', {
      body: {
        to: { users: ['ann'] },
        type: 'chat.message',
        thread: 'room-7',
        data: { text: 'Hi, Ann! ✓', n: [1, null] },
      },
    });
    expect(published.status).toBe(202);
    expect(published.body).toEqual({ id: expect.any(String), acceptedAt: expect.any(Number), duplicate: false });

    const [push] = await client.pushes(1);
    expect(push).toEqual({
      op: 'push',
      s: '@me',
      seq: 1,
      id: published.body.id,
      type: 'chat.message',
      thread: 'room-7',
      data: { text: 'Hi, Ann! ✓', n: [1, null] },
      at: published.body.acceptedAt,
    });
    expect(push!.at).toBeGreaterThanOrEqual(before);

    client.ack(1);
    // Acknowledgements are written together, a little later.
    await eventually(
      async () => (await server.call('GET', `/v1/messages/${published.body.id}`)).body.counts.delivered === 1,
    );
    await client.close();
  });

  it('shows the keys once, with a request that works when it is pasted', async () => {
    expect(server.output).toContain(server.keys.apiKey);
    expect(server.output).toMatch(/export PUSH_KEY=push_/);
    expect(server.output).toContain('npm run listen -- ann');
    expect(server.output).toContain(`curl -X POST ${server.url}/v1/messages`);
    const body = /-d '(\{.*\})'/.exec(server.output)![1]!;
    expect((await server.call('POST', '/v1/messages', { body })).status).toBe(202);
  });
});
