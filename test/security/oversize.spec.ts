import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { deflateRawSync } from 'node:zlib';
import { LIMITS } from 'push-core';
import { eventually } from '../support/eventually.js';
import { RawClient } from '../support/raw-client.js';
import { ServerProcess } from '../support/server.js';
import { clientFrame, RawSocket, upgradeRequest } from './support/raw-socket.js';
import { API_KEY, World } from './support/world.js';

jest.setTimeout(60_000);

const MB = 1024 * 1024;
const KIB32 = LIMITS.clientFrameBytes;
/** A JSON object of exactly so many bytes, as long as the server reads it. */
const sized = (bytes: number): string => {
  const head = '{"op":"ping","x":"';
  return `${head}${'x'.repeat(bytes - head.length - 2)}"}`;
};
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const manyOf = (frame: Buffer): Buffer => Buffer.alloc(131_073 * frame.length, frame);
/** 64 MiB of zeros, in some 64 KB. */
const bomb = deflateRawSync(Buffer.alloc(64 * MB));

/** Bytes behind a connect, with the close code they end in. */
const ATTACKS: [string, () => Buffer[], number][] = [
  ['a frame one byte too large', () => [clientFrame(sized(KIB32 + 1))], 3505],
  ['a frame that only says it is a gigabyte', () => [clientFrame('x', { length: 2 ** 30 })], 3505],
  ['a frame that says it has 2^63 bytes', () => [clientFrame('x', { length: 2 ** 53 - 1 }).fill(0x7f, 2, 10)], 3505],
  [
    'fragments that are too large together',
    () => [
      clientFrame('x'.repeat(KIB32), { fin: false }),
      clientFrame('x', { opcode: 0, fin: false }),
      clientFrame('x', { opcode: 0 }),
    ],
    3505,
  ],
  [
    '131,073 empty fragments',
    () => [clientFrame('', { fin: false }), manyOf(clientFrame('', { opcode: 0, fin: false }))],
    1008,
  ],
  [
    '131,073 fragments of a byte',
    () => [clientFrame('x', { fin: false }), manyOf(clientFrame('x', { opcode: 0, fin: false }))],
    1008,
  ],
  ['JSON of 16,000 lists in each other', () => [clientFrame(nested(16_000))], 3503],
  ['JSON of 16,000 lists that never end', () => [clientFrame('['.repeat(16_000))], 3503],
  ['bytes that are no UTF-8', () => [clientFrame(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))], 3503],
  ['half a surrogate in UTF-8', () => [clientFrame(Buffer.from([0xed, 0xa0, 0x80]))], 3503],
  ['a binary frame', () => [clientFrame('{"op":"ping"}', { opcode: 2 })], 3503],
  [
    'a compressed frame, though nothing was agreed on',
    () => [clientFrame(bomb.subarray(0, 30_000), { reserved: 4 })],
    1002,
  ],
  ['a frame that is not masked', () => [clientFrame('{"op":"ping"}', { masked: false })], 1002],
  ['an opcode nobody knows', () => [clientFrame('x', { opcode: 3 })], 1002],
  ['a ping of 126 bytes', () => [clientFrame('x'.repeat(126), { opcode: 9 })], 1002],
  ['a fragmented ping', () => [clientFrame('x', { opcode: 9, fin: false })], 1002],
  ['a continuation of nothing', () => [clientFrame('x', { opcode: 0 })], 1002],
];

describe('what is too large or not well formed, at the WebSocket', () => {
  let server: ServerProcess;
  let connect: Buffer;
  beforeAll(async () => {
    server = await ServerProcess.start({ env: { PUSH_DATABASE_URL: 'memory:' } });
    connect = clientFrame(JSON.stringify({ op: 'connect', token: await server.token('ann'), device: 'd1' }));
  });
  afterAll(() => server?.remove());

  async function attack(frames: Buffer[], first: Buffer[] = [connect]): Promise<RawSocket> {
    const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };
    const socket = await RawSocket.say(server.port, upgradeRequest({ headers: offer }), ...first);
    if (first.length > 0) await socket.until(({ objects }) => objects.some(({ op }) => op === 'connected'));
    for (const frame of frames) socket.tcp.write(frame);
    return socket;
  }

  it.each(ATTACKS)('is answered with a closing code: %s', async (_what, frames, code) => {
    for (const first of [[connect], []]) {
      const socket = await attack(frames(), first);
      expect(await socket.farewell()).toBe(code);
      expect(socket.received.toString('latin1')).not.toMatch(/permessage-deflate/i);
    }
  });

  it('a frame of exactly 32 KiB is taken', async () => {
    const socket = await attack([clientFrame(sized(KIB32)), clientFrame('{"op":"ping"}')]);
    await socket.until(({ objects }) => objects.some(({ op }) => op === 'pong'));
    expect(socket.objects.find(({ op }) => op === 'error')).toMatchObject({ code: 'UNKNOWN_FIELD', field: 'x' });
    socket.drop();
  });

  it('costs the server less than 20 MB, all of it several times at once, again and again', async () => {
    const round = async () => {
      for (const [what, frames] of ATTACKS) {
        const atOnce = what.startsWith('131,073') ? 1 : 5;
        const sockets = await Promise.all(Array.from({ length: atOnce }, () => attack(frames(), [])));
        await Promise.all(sockets.map((socket) => socket.farewell()));
      }
    };
    // What the process grows to when it first sees all this is not kept for the attacker.
    for (let warm = 0; warm < 2; warm++) await round();
    const before = server.residentBytes();
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, server.residentBytes())), 20);
    try {
      for (let times = 0; times < 3; times++) await round();
    } finally {
      clearInterval(watch);
    }
    expect(Math.max(most, server.residentBytes()) - before).toBeLessThan(20 * MB);
    expect(server.isRunning).toBe(true);
  });

  it('HTTP bodies too: refused by what they are, for less than 20 MB', async () => {
    const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
      fetch(`${server.url}/v1/messages`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${server.keys.apiKey}`, 'Content-Type': 'application/json', ...headers },
        body,
      }).then(
        async (answer) => ({ status: answer.status, code: ((await answer.json()) as { code: string }).code }),
        // It may close on a body it does not want to see the end of.
        () => ({ status: 413, code: 'TOO_LARGE' }),
      );
    const publish = (data: string) => `{"to":{"users":["ann"]},"type":"t","data":${data}}`;
    const cases: [string | Uint8Array, Record<string, string>, number][] = [
      [publish(nested(100_000)), {}, 400],
      [publish('{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000)), {}, 400],
      [publish(nested(100_000)).slice(0, 100_000), {}, 400],
      [publish(`"${'x'.repeat(64 * 1024)}"`), {}, 413],
      [publish(`"${'x'.repeat(5 * MB)}"`), {}, 413],
      [Buffer.concat([Buffer.from(publish('"').slice(0, -1)), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]), {}, 400],
      [bomb, { 'Content-Encoding': 'deflate' }, 400],
      [bomb, { 'Content-Encoding': 'gzip' }, 400],
      [`[${'{},'.repeat(100_000)}{}]`, {}, 400],
      [publish('1').replace('"ann"', '"ann",'.repeat(100_000) + '"ann"'), {}, 400],
      [`{${'"k":1,'.repeat(100_000)}"k":1}`, {}, 400],
    ];
    const all = async () => {
      for (const [body, headers, status] of cases) {
        const answer = await post(body, headers);
        if (headers['Content-Encoding']) expect([400, 415]).toContain(answer.status);
        else expect(answer.status).toBe(status);
        expect(['INVALID', 'TOO_LARGE', 'UNKNOWN_FIELD', 'NOT_SUPPORTED']).toContain(answer.code);
      }
    };
    for (let warm = 0; warm < 4; warm++) await all();
    const before = server.residentBytes();
    for (let times = 0; times < 3; times++) await all();
    // What was let go goes when the collector comes, and it comes with the next ones.
    await eventually(async () => {
      if (server.residentBytes() - before < 20 * MB) return true;
      await all();
      return false;
    }, 30_000);
    expect((await server.call('GET', '/healthz', { key: null })).status).toBe(200);
  });
});

describe('names that reach for the prototypes', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world?.close());
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  const payloads = (name: string) => [
    `{"${name}":{"polluted":"yes"}}`,
    `{"${name}":{"prototype":{"polluted":"yes"}}}`,
    `{"a":{"${name}":{"polluted":"yes"}}}`,
    `{"\\u005f\\u005fproto\\u005f\\u005f":{"polluted":"yes"}}`,
  ];
  const untouched = () => {
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
    expect(([] as { polluted?: string }).polluted).toBeUndefined();
    expect((() => undefined as unknown as { polluted?: string })()?.polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(typeof {}.toString).toBe('function');
  };

  it('are data like any other in what is published, and arrive as they were', async () => {
    const { client } = await RawClient.connect(world.socketUrl, { token: await world.token('ann'), device: 'd1' });
    let sent = 0;
    for (const name of names) {
      for (const data of payloads(name)) {
        const body = `{"to":{"users":["ann"]},"type":"t","data":${data}}`;
        expect((await world.call('POST', '/v1/messages', { bearer: API_KEY, body })).status).toBe(202);
        const [...pushes] = await client.pushes((sent += 1));
        expect(JSON.stringify(pushes.at(-1)!.data)).toBe(JSON.stringify(JSON.parse(data)));
        untouched();
      }
    }
    client.drop();
  });

  it('are unknown fields everywhere else', async () => {
    for (const name of names) {
      for (const body of [
        `{"to":{"users":["ann"]},"type":"t","${name}":{"polluted":"yes"}}`,
        `{"to":{"${name}":["ann"]},"type":"t"}`,
        `{"to":{"users":["ann"]},"type":"t","options":{"${name}":{"polluted":"yes"}}}`,
        `{"${name}":{"to":{"users":["ann"]},"type":"t"}}`,
      ]) {
        const answer = await world.call('POST', '/v1/messages', { bearer: API_KEY, body });
        expect(answer.status).toBe(400);
        untouched();
      }
    }
  });

  it('name users, devices, topics and threads like any other', async () => {
    for (const name of names) {
      const token = await world.token(name);
      const { client, connected } = await RawClient.connect(
        world.socketUrl,
        { token, device: name, resume: { '@me': 'start' } },
        { acknowledge: true },
      );
      expect(Object.keys(connected.streams)).toEqual(['@me']);
      await world.push.subscribe('default', name, [name]);
      await world.push.publish('default', { to: { users: [name], topics: [name] }, type: 't', thread: name });
      await client.pushes(1);
      await client.pushes(1, name);
      client.send({ op: 'read', s: '@me', seq: 1, thread: name });
      await client.settled();
      await eventually(async () => {
        const { body } = await world.call('GET', `/v1/users/${name}/inbox`, { bearer: API_KEY });
        return !Object.hasOwn((body as { unread: { threads: object } }).unread.threads, name);
      });
      client.drop();
      untouched();
    }
  });

  it('do nothing in the frames of a client', async () => {
    for (const name of names) {
      const { client } = await RawClient.connect(world.socketUrl, { token: await world.token('bob'), device: 'd1' });
      client.sendText(`{"op":"${name}"}`);
      client.sendText(`{"op":"ping","${name}":{"polluted":"yes"}}`);
      client.sendText(`{"op":"ack","s":"${name}","seq":1}`);
      client.sendText(`{"${name}":{"op":"ping"}}`);
      await client.settled();
      expect(client.frames.filter(({ op }) => op === 'error')).toHaveLength(4);
      client.drop();
      const again = await RawClient.open(world.socketUrl);
      again.sendText(`{"op":"connect","token":"x","device":"d1","resume":{"${name}":{"epoch":"e","seq":1}}}`);
      expect((await again.ended()).code).toBe(3500);
      untouched();
    }
  });
});
