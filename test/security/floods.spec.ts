import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { RawClient } from '../support/raw-client.js';
import { API_KEY, World } from './support/world.js';

jest.setTimeout(60_000);

const PER_SECOND = 20;
const ping = { op: 'ping' };

describe('who sends too much', () => {
  let world: World;
  const clients: RawClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.drop();
    await world?.close();
  });
  async function join(user: string, device: string, more: object = {}): Promise<RawClient> {
    const { client } = await RawClient.connect(world.socketUrl, { token: await world.token(user), device, ...more });
    clients.push(client);
    return client;
  }
  const warnings = (client: RawClient) =>
    client.frames.filter((frame) => frame.op === 'error' && frame.code === 'RATE_LIMITED');

  it('over one connection is warned first, then closed with 3004 and when to come back', async () => {
    world = await World.start({ limits: { framesPerSecond: PER_SECOND } });
    const client = await join('ann', 'd1');
    for (let n = 0; n < 3 * PER_SECOND; n++) client.send(ping);
    await eventually(() => client.frames.filter(({ op }) => op === 'pong').length >= 3 * PER_SECOND - 1);
    expect(client.end).toBeUndefined();

    for (let n = 0; n < 10 * PER_SECOND; n++) client.send(ping);
    expect((await client.ended()).code).toBe(3004);
    expect(warnings(client).length).toBeGreaterThan(0);
    for (const warning of warnings(client)) expect(warning).toMatchObject({ afterMs: expect.any(Number) });
    const bye = client.frames.at(-1)!;
    expect(bye).toMatchObject({ op: 'bye', code: 3004, reconnect: true, afterMs: expect.any(Number) });
    expect((bye as { afterMs: number }).afterMs).toBeGreaterThan(500);
    // Warned frames were not handled.
    const pongs = client.frames.filter(({ op }) => op === 'pong').length;
    expect(pongs).toBeLessThan(5 * PER_SECOND);
  });

  it('whatever it is that is sent, lines of one frame and frames that are wrong too', async () => {
    world = await World.start({ limits: { framesPerSecond: PER_SECOND } });
    const kinds: [string, string][] = [
      ['many a line', Array.from({ length: 200 }, () => '{"op":"ping"}').join('\n')],
      ['unknown', Array.from({ length: 200 }, () => '{"op":"nothing"}').join('\n')],
      ['invalid', Array.from({ length: 200 }, () => '{"op":"follow"}').join('\n')],
      ['read marks', Array.from({ length: 200 }, () => '{"op":"read","s":"@me","seq":0}').join('\n')],
      ['idle acknowledgements', Array.from({ length: 200 }, () => '{"op":"ack","s":"@me","seq":0}').join('\n')],
      ['of what is not followed', Array.from({ length: 200 }, () => '{"op":"ack","s":"news","seq":0}').join('\n')],
    ];
    for (const [what, text] of kinds) {
      const client = await join('ann', what.replaceAll(' ', '-'));
      client.sendText(text);
      expect([what, (await client.ended()).code]).toEqual([what, 3004]);
    }
  });

  it('over fifty connections of one user is warned and closed for what they send together; another user is not', async () => {
    world = await World.start({ limits: { userFramesPerSecond: PER_SECOND } });
    const other = await join('bob', 'd1');
    const crowd = await Promise.all(Array.from({ length: 50 }, (_, n) => join('ann', `d${n}`)));
    // Far below what one connection may: 100 a second.
    for (let round = 0; round < 5; round++) for (const client of crowd) client.send(ping);
    await eventually(() => crowd.filter(({ end }) => end?.code === 3004).length > 0);
    expect(crowd.some((client) => warnings(client).length > 0)).toBe(true);
    for (let n = 0; n < 20; n++) other.send(ping);
    await other.settled();
    expect(warnings(other)).toEqual([]);
    expect(other.end).toBeUndefined();
  });

  it('cannot come in more often than connections are allowed to a user; coming back replaces, not adds', async () => {
    world = await World.start({ limits: { connectionsPerUser: 5 } });
    for (let n = 0; n < 5; n++) await join('ann', `d${n}`);
    await expect(join('ann', 'd5')).rejects.toThrow('not connected');
    const refused = await RawClient.open(world.socketUrl);
    refused.send({ op: 'connect', token: await world.token('ann'), device: 'd6' });
    expect((await refused.ended()).code).toBe(3004);
    expect(refused.frames).toContainEqual(expect.objectContaining({ op: 'error', code: 'RATE_LIMITED' }));
    expect(refused.frames.at(-1)).toMatchObject({ op: 'bye', reconnect: true, afterMs: expect.any(Number) });
    for (const path of ['/v1/poll?device=d7&waitMs=0', '/v1/sse?device=d8']) {
      const answer = await world.call('GET', path, { bearer: await world.token('ann') });
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    await join('ann', 'd0');
    await join('bob', 'd1');
  });

  it('acknowledgements that move a cursor are paid for: a fast reader is never slowed down', async () => {
    world = await World.start({ limits: { framesPerSecond: PER_SECOND } });
    const { client } = await RawClient.connect(
      world.socketUrl,
      { token: await world.token('ann'), device: 'd1' },
      { acknowledge: true },
    );
    clients.push(client);
    for (let n = 0; n < 30; n++) {
      await Promise.all(Array.from({ length: 20 }, () => world.publish('ann', n)));
    }
    await client.pushes(600);
    expect(client.end).toBeUndefined();
    expect(warnings(client)).toEqual([]);
  });

  it('over the API is answered 429 with Retry-After, single and in a batch, and its neighbour is not', async () => {
    world = await World.start({ limits: { publishesPerSecond: PER_SECOND } });
    const publish = (bearer: string, headers = {}) =>
      world.call('POST', '/v1/messages', { bearer, headers, body: { to: { users: ['ann'] }, type: 't' } });
    const answers = await Promise.all(Array.from({ length: 10 * PER_SECOND }, () => publish(API_KEY)));
    const accepted = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status === 429);
    expect(accepted.length + refused.length).toBe(answers.length);
    expect(accepted.length).toBeLessThan(5 * PER_SECOND);
    for (const { headers, body } of refused) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(body).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    }
    const messages = Array.from({ length: 100 }, () => ({ to: { users: ['ann'] }, type: 't' }));
    const batch = await world.call('POST', '/v1/messages/batch', { bearer: API_KEY, body: { messages } });
    expect(
      (batch.body as { results: { code?: string }[] }).results.filter(({ code }) => code === 'RATE_LIMITED'),
    ).toHaveLength(100);
    expect((await publish('key-of-other')).status).toBe(202);
    // What was refused was not stored.
    expect((await world.call('GET', '/v1/users/ann/inbox', { bearer: API_KEY })).body.head).toBe(accepted.length);
  });
});
