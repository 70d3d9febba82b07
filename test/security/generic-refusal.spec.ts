import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { generate, parser, type IConnackPacket } from 'mqtt-packet';
import { io } from 'socket.io-client';

import { RawClient } from '../support/raw-client.js';
import { clientFrame, RawSocket, upgradeRequest } from './support/raw-socket.js';
import { goIn, WAYS_IN } from './support/visitors.js';
import { SECRETS, World } from './support/world.js';

const SECONDS = Math.floor(Date.now() / 1000);
const good = { sub: 'ann', ten: 'default', iat: SECONDS - 1, exp: SECONDS + 600 };
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token made by hand, as an attacker would. */
function forge(payload: unknown, header: object = { alg: 'HS256' }, secret: Uint8Array = SECRETS.default!): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rs256 = (() => {
  const signed = `${encode({ alg: 'RS256' })}.${encode(good)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
})();
const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
const genuine = forge(good);
const [head, body, signature] = genuine.split('.') as [string, string, string];

/** Why each is bad is in the token's own tests; here it must not show. */
const BAD: Record<string, string> = {
  'alg none': `${encode({ alg: 'none' })}.${body}.`,
  'alg none, signed': `${encode({ alg: 'none' })}.${body}.${signature}`,
  'RS256 of its own': rs256,
  'HS256 by a public key': forge(good, { alg: 'HS256' }, Buffer.from(pem)),
  'ES256 of zeros': `${encode({ alg: 'ES256' })}.${body}.${Buffer.alloc(64).toString('base64url')}`,
  'a kid that walks': forge(good, { alg: 'HS256', kid: '../../dev/null' }, Buffer.alloc(0)),
  'a kid of SQL': forge(good, { alg: 'HS256', kid: "' UNION SELECT 'k' --" }, Buffer.from('k')),
  'a key of its own': forge(good, { alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }, Buffer.alloc(3)),
  'a jku': forge(good, { alg: 'HS256', jku: 'https://evil.example/jwks' }, Buffer.alloc(32, 9)),
  'an x5u': forge(good, { alg: 'HS256', x5u: 'https://evil.example/c.pem' }, Buffer.alloc(32, 9)),
  "another tenant's secret": forge(good, { alg: 'HS256' }, SECRETS.other),
  'no such tenant': forge({ ...good, ten: 'nowhere' }),
  'no tenant': forge({ sub: 'ann', exp: good.exp }),
  'no user': forge({ ten: 'default', exp: good.exp }),
  'no end': forge({ sub: 'ann', ten: 'default' }),
  'not yet': forge({ ...good, nbf: SECONDS + 600 }),
  'dated ahead': forge({ ...good, iat: SECONDS + 600 }),
  'a claim said twice': forge(JSON.stringify(good).replace('{', '{"sub":"bob",')),
  'expired, and forged': forge({ ...good, exp: SECONDS - 600 }, { alg: 'HS256' }, SECRETS.other),
  'a changed payload': `${head}.${encode({ ...good, sub: 'bob' })}.${signature}`,
  'a changed signature': `${head}.${body}.${signature.slice(0, -2)}xx`,
  'no signature': `${head}.${body}`,
  'five parts': `${genuine}.x.y`,
  dots: '..',
  garbage: 'garbage',
  'an API key': 'key-of-default',
};

describe('whatever is wrong with a token, the answer is one and the same', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world?.close());

  const http =
    (method: string, path: string, body?: object) =>
    async (token: string): Promise<unknown> => {
      const { status, headers, body: problem } = await world.call(method, path, { bearer: token, body });
      return { status, challenge: headers.get('www-authenticate'), problem: problem as unknown };
    };
  async function webSocket(token: string): Promise<unknown> {
    const client = await RawClient.open(world.socketUrl);
    client.send({ op: 'connect', token, device: 'd1' });
    const end = await client.ended();
    return [client.frames, end];
  }
  async function upgrade(token: string): Promise<unknown> {
    const client = await RawClient.open(world.socketUrl, { headers: { Authorization: `Bearer ${token}` } });
    client.send({ op: 'connect', device: 'd1' });
    const end = await client.ended();
    return [client.frames, end];
  }
  async function socketIo(token: string): Promise<unknown> {
    const auth = { token, device: 'd1' };
    const socket = io(`${world.url}/push`, { transports: ['websocket'], reconnection: false, forceNew: true, auth });
    const error = await new Promise<Error & { data?: unknown }>((resolve, reject) => {
      socket.on('connect_error', resolve);
      socket.on('connect', () => reject(new Error('let in')));
    });
    socket.disconnect();
    return { message: error.message, data: error.data };
  }
  const mqtt =
    (protocolVersion: 4 | 5) =>
    async (token: string): Promise<unknown> => {
      const connect = generate(
        {
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion,
          clean: true,
          keepalive: 60,
          clientId: 'd1',
          username: '',
          password: Buffer.from(token),
        },
        { protocolVersion },
      );
      const opening = upgradeRequest({ path: '/v1/mqtt', protocol: 'mqtt' });
      const socket = await RawSocket.say(world.port, opening, clientFrame(connect, { opcode: 2 }));
      await socket.until(({ frames }) => frames.length > 0);
      socket.drop();
      const packets: IConnackPacket[] = [];
      const reading = parser({ protocolVersion });
      reading.on('packet', (packet) => packets.push(packet as IConnackPacket));
      reading.parse(socket.frames[0]!.payload);
      const { cmd, returnCode, reasonCode, properties } = packets[0]!;
      return { cmd, returnCode, reasonCode, properties };
    };

  const problem = { code: 'UNAUTHORIZED', status: 401, retryable: false };
  const EDGES: [string, (token: string) => Promise<unknown>, unknown][] = [
    ['event stream', http('GET', '/v1/sse?device=d1'), { status: 401, problem }],
    ['poll', http('GET', '/v1/poll?device=d1&waitMs=0'), { status: 401, problem }],
    ['acknowledgement', http('POST', '/v1/ack?device=d1', { s: '@me', seq: 0 }), { status: 401, problem }],
    ['read mark', http('POST', '/v1/read?device=d1', { s: '@me', seq: 0 }), { status: 401, problem }],
    ['ticket', http('POST', '/v1/tickets?device=d1'), { status: 401, problem }],
    [
      'WebSocket',
      webSocket,
      [[{ op: 'bye', code: 3500, reconnect: false, reason: 'bad token' }], { code: 3500, reason: 'bad token' }],
    ],
    [
      'upgrade of a WebSocket',
      upgrade,
      [[{ op: 'bye', code: 3500, reconnect: false, reason: 'bad token' }], { code: 3500, reason: 'bad token' }],
    ],
    ['Socket.IO', socketIo, { data: { code: 'UNAUTHORIZED', retryable: false } }],
    ['MQTT 3.1.1', mqtt(4), { cmd: 'connack', returnCode: 4 }],
    ['MQTT 5', mqtt(5), { cmd: 'connack', reasonCode: 0x86 }],
  ];

  it.each(EDGES)('%s', async (_name, edge, expected) => {
    const answers = new Map<string, string[]>();
    for (const [what, token] of Object.entries(BAD)) {
      const answer = JSON.stringify(await edge(token));
      answers.set(answer, [...(answers.get(answer) ?? []), what]);
    }
    expect([...answers.values()]).toEqual([Object.keys(BAD)]);
    const only = JSON.parse([...answers.keys()][0]!) as object;
    if (Array.isArray(expected)) expect(only).toEqual(expected);
    else expect(only).toMatchObject(expected as object);
    expect(JSON.stringify(only)).not.toMatch(/alg|signature|jwt|secret|tenant/i);
  });

  it('and the genuine one is let in, or the table would prove nothing', async () => {
    for (const way of Object.keys(WAYS_IN)) (await goIn(way, world, { token: genuine, device: 'd1' })).leave();
    for (const [path, status] of [
      ['/v1/ack', 204],
      ['/v1/read', 200],
      ['/v1/tickets', 201],
    ] as const) {
      const body = path === '/v1/tickets' ? undefined : { s: '@me', seq: 0 };
      expect((await world.call('POST', `${path}?device=d1`, { bearer: genuine, body })).status).toBe(status);
    }
  });

  it.each(EDGES.filter(([name]) => !/MQTT/.test(name)))(
    'what is larger than a token can be does not even reach the key: %s',
    async (_name, edge) => {
      const huge = await edge(forge({ ...good, x: 'x'.repeat(9_000) })).catch((error: Error) => error.message);
      expect(JSON.stringify(huge)).toMatch(/401|413|431|3503|3500|INVALID|UNAUTHORIZED/);
      expect(JSON.stringify(huge)).not.toMatch(/connected|"status":20/);
    },
  );
});
