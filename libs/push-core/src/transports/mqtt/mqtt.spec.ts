import { afterEach, describe, expect, it } from '@jest/globals';
import { createWebSocketStream, WebSocket } from 'ws';
import { MqttSite } from './mqtt-site.fixture.js';
import { entry, RawMqtt, seqs, type AnyPacket } from './raw-mqtt.fixture.js';

let site: MqttSite;
afterEach(() => site.close());

const isDisconnect = ({ cmd }: AnyPacket) => cmd === 'disconnect';

describe.each([4, 5] as const)('an MQTT client, version %i', (version) => {
  const failure = (code: number) => (version === 4 ? 0x80 : code);

  it('gets its entries on me, a topic on t/<topic> and messages to everybody on all, as the WebSocket has them', async () => {
    site = await MqttSite.open();
    const client = await site.client(version, { token: 'ann' }, 'me', 't/odd%2B%23%25/topic');
    await site.push.publish('t', {
      to: { users: ['ann'], topics: ['odd+#%/topic'], all: true },
      type: 'chat',
      thread: 'room',
      data: { text: 'ü😀' },
    });
    const packets = await client.has(3);
    expect(
      packets
        .map(({ topic, qos, dup, retain }) => ({ topic, qos, dup, retain }))
        .sort((a, b) => ((a.topic ?? '') < (b.topic ?? '') ? -1 : 1)),
    ).toEqual(['all', 'me', 't/odd%2B%23%25/topic'].map((topic) => ({ topic, qos: 1, dup: false, retain: false })));
    expect(packets.map(entry)).toContainEqual({
      op: 'push',
      s: 'odd+#%/topic',
      seq: 1,
      id: expect.any(String),
      type: 'chat',
      thread: 'room',
      data: { text: 'ü😀' },
      at: expect.any(Number),
    });
  });

  it('is answered filter by filter', async () => {
    site = await MqttSite.open();
    const client = await site.client(version, { token: 'ann' });
    client.send({
      cmd: 'subscribe',
      messageId: 9,
      subscriptions: [
        { topic: 'me', qos: 2 },
        { topic: 't/open', qos: 1 },
        { topic: 't/secret', qos: 1 },
        { topic: 'all', qos: 1 },
        { topic: 'events', qos: 1 },
        { topic: 'me', qos: 0 },
        { topic: '#', qos: 1 },
        { topic: '$SYS/#', qos: 1 },
        { topic: '$share/g/me', qos: 1 },
        { topic: 'user/ben', qos: 1 },
        { topic: '', qos: 1 },
      ],
    });
    const { granted } = await client.until(({ cmd }) => cmd === 'suback');
    const refused = [0x83, 0xa2, 0x87, 0x9e, 0x8f, 0x8f].map(failure);
    expect(granted).toEqual([1, 1, failure(0x87), 1, 0, ...refused]);
  });

  it('has to be subscribed to me before anything of it is sent; nothing is acknowledged for it', async () => {
    site = await MqttSite.open();
    const client = await site.client(version, { token: 'ann' }, 't/open');
    await site.publish('ann', 1, 2);
    await site.push.publish('t', { to: { topics: ['open'] }, type: 'test' });
    await client.has(1, 't/open');
    await client.settled();
    expect(client.published('me')).toEqual([]);
    await client.subscribe('me');
    expect(seqs(await client.has(2, 'me'))).toEqual([1, 2]);
    await client.unsubscribe('me');
    await site.publish('ann', 3);
    await client.settled();
    expect(client.published('me')).toHaveLength(2);
    await client.subscribe('me');
    expect(seqs(await client.has(3, 'me'))).toEqual([1, 2, 3]);
  });

  it('leaves a topic with UNSUBSCRIBE, and hears no more of it on the next connection either', async () => {
    site = await MqttSite.open();
    await site.push.subscribe('t', 'room', ['ann']);
    const client = await site.client(version, { token: 'ann' }, 'me');
    await site.push.publish('t', { to: { topics: ['room'] }, type: 'test' });
    await client.has(1, 't/room');
    await client.unsubscribe('t/room', 't/never', 'nonsense/#');
    await site.push.publish('t', { to: { topics: ['room'] }, type: 'test' });
    await client.settled();
    const again = await site.client(version, { token: 'ann' }, 'me');
    await again.settled();
    expect([client.published('t/room').length, again.published('t/room').length]).toEqual([1, 0]);
  });

  it('hears of what has no place in a stream on events, with QoS 0', async () => {
    site = await MqttSite.open();
    const client = await site.client(version, { token: 'ann' }, 'me', 'events');
    const { id } = await site.push.publish('t', { to: { users: ['ann'] }, type: 'test' });
    await client.has(1, 'me');
    await site.push.publish('t', { to: { users: ['ann'] }, type: 'typing', options: { volatile: true } });
    await site.push.markRead({ tenant: 't', user: 'ann' }, { s: '@me', seq: 1 });
    await site.push.recall('t', id);
    const events = await client.has(3, 'events');
    expect(events.map((packet) => [entry(packet).op, packet.qos])).toEqual([
      ['signal', 0],
      ['read', 0],
      ['recall', 0],
    ]);
  });

  it('begins with what it did not acknowledge when it comes back without a session: another id, no DUP', async () => {
    site = await MqttSite.open();
    const first = await site.client(version, { token: 'ann' }, 'me');
    await site.publish('ann', 1, 2, 3);
    first.puback(...(await first.has(3)).slice(0, 1));
    await first.settled();
    first.drop();
    const back = await site.raw(version);
    expect(await back.connect({ token: 'ann' })).toMatchObject({ sessionPresent: false });
    await back.subscribe('me');
    expect((await back.has(2)).map((packet) => [entry(packet).seq, packet.dup])).toEqual([
      [2, false],
      [3, false],
    ]);
  });

  it('gets the same entries under the same packet ids with DUP in a session that goes on, and needs no SUBSCRIBE', async () => {
    site = await MqttSite.open();
    const lasting = { token: 'ann', clean: false, properties: { sessionExpiryInterval: 60 } };
    const first = await site.client(version, lasting, 'me', 'events');
    await site.publish('ann', 1, 2, 3);
    const before = await first.has(3);
    first.puback(before[0] as AnyPacket);
    await first.settled();
    first.drop();
    const back = await site.raw(version);
    expect(await back.connect(lasting)).toMatchObject({ sessionPresent: true });
    await site.publish('ann', 4);
    const after = await back.has(3, 'me');
    expect(after.map((packet) => [entry(packet).seq, packet.dup])).toEqual([
      [2, true],
      [3, true],
      [4, false],
    ]);
    expect(after.slice(0, 2).map(({ messageId }) => messageId)).toEqual(
      before.slice(1).map(({ messageId }) => messageId),
    );
    back.puback(...after);
    await back.settled();
    back.drop();
    const third = await site.raw(version);
    expect(await third.connect({ ...lasting, clean: true })).toMatchObject({ sessionPresent: false });
    await third.subscribe('me');
    await third.settled();
    expect(third.published()).toEqual([]);
  });

  it('takes over the session of a connection that is still there', async () => {
    site = await MqttSite.open();
    const lasting = { token: 'ann', clean: false, properties: { sessionExpiryInterval: 60 } };
    const first = await site.client(version, lasting, 'me');
    await site.publish('ann', 1);
    const [before] = await first.has(1);
    const second = await site.raw(version);
    expect(await second.connect(lasting)).toMatchObject({ sessionPresent: true });
    const [again] = await second.has(1);
    expect([again?.dup, again?.messageId]).toEqual([true, before?.messageId]);
    await first.ended;
    if (version === 5) expect(first.packets.find(isDisconnect)).toMatchObject({ reasonCode: 0x8e });
  });

  it('acknowledges what it sent before it left, in one breath with leaving', async () => {
    site = await MqttSite.open();
    const client = await site.client(version, { token: 'ann' }, 'me');
    await site.publish('ann', 1, 2);
    const packets = await client.has(2);
    const goodbye = client.bytes({ cmd: 'disconnect' });
    client.sendBytes(
      Buffer.concat([...packets.map(({ messageId }) => client.bytes({ cmd: 'puback', messageId })), goodbye]),
    );
    await client.ended;
    const back = await site.client(version, { token: 'ann' }, 'me');
    await back.settled();
    expect(back.published()).toEqual([]);
  });

  it('is not disturbed by a PUBACK for nothing', async () => {
    site = await MqttSite.open();
    const client = await site.client(version, { token: 'ann' }, 'me');
    for (let messageId = 1; messageId <= 5000; messageId += 7)
      client.sendBytes(Buffer.of(0x40, 2, messageId >> 8, messageId & 0xff));
    await site.publish('ann', 1);
    client.puback(...(await client.has(1)));
    await client.settled();
    expect(client.isEnded).toBe(false);
  });

  it('is closed when it says nothing for 1.5 times its keep alive, and not when it does', async () => {
    site = await MqttSite.open();
    const silent = await site.client(version, { token: 'ann', keepalive: 1 }, 'me');
    const alive = await site.client(version, { token: 'ben', keepalive: 60 }, 'me');
    await silent.ended;
    if (version === 5) expect(silent.packets.find(isDisconnect)).toMatchObject({ reasonCode: 0x8d });
    await alive.settled();
  });

  it('is closed when it sends more packets than anybody needs', async () => {
    site = await MqttSite.open();
    const client = await site.client(version, { token: 'ann' }, 'me');
    client.sendBytes(Buffer.concat(Array.from({ length: 5000 }, () => Buffer.of(0xc0, 0))));
    await client.ended;
    expect(client.packets.filter(({ cmd }) => cmd === 'pingresp').length).toBeLessThanOrEqual(100);
    if (version === 5) expect(client.packets.find(isDisconnect)).toMatchObject({ reasonCode: 0x96 });
  });

  it('may not send a packet of more than 32 KB, which is refused before it has arrived', async () => {
    site = await MqttSite.open();
    const client = await site.client(version, { token: 'ann' }, 'me');
    // A topic of 1 MB is announced, nothing of it follows.
    client.sendBytes(Buffer.of(0x82, 0x80, 0x80, 0x40));
    await client.ended;
    if (version === 5) expect(client.packets.find(isDisconnect)).toMatchObject({ reasonCode: 0x95 });
  });

  it.each([
    ['NUL', Buffer.from('6d650000', 'hex')],
    ['bytes that are not UTF-8', Buffer.from('6d65c328', 'hex')],
    ['half a pair', Buffer.from('6d65eda080', 'hex')],
  ])('may not write %s into a filter', async (_, filter) => {
    site = await MqttSite.open();
    const client = await site.client(version, { token: 'ann' }, 'me');
    const body = Buffer.concat([
      Buffer.from(version === 5 ? '000100' : '0001', 'hex'),
      Buffer.of(0, filter.length),
      filter,
      Buffer.of(1),
    ]);
    client.sendBytes(Buffer.concat([Buffer.of(0x82, body.length), body]));
    await client.ended;
    if (version === 5) expect(client.packets.find(isDisconnect)).toMatchObject({ reasonCode: 0x81 });
  });

  it('gets no topic of U+FFFF, of white space or of another user for its filter', async () => {
    site = await MqttSite.open();
    const client = await site.client(version, { token: 'ann' });
    const { granted } = await client.subscribe('t/\uffff', 't/a b', 'users/ben/me', '@ben', 't/@ben');
    expect(granted).toEqual([0x87, 0x8f, 0x8f, 0x8f, 0x8f].map(failure));
  });

  it('cannot take the device of another user by its client id', async () => {
    site = await MqttSite.open();
    const ann = await site.client(version, { token: 'ann', clientId: 'phone' }, 'me');
    const ben = await site.client(version, { token: 'ben', clientId: 'phone' }, 'me');
    await site.publish('ann', 'for ann');
    expect((await ann.has(1)).map((packet) => entry(packet).data)).toEqual(['for ann']);
    await ben.settled();
    expect([ben.published(), ann.isEnded]).toEqual([[], false]);
  });

  it('is told everything that was one write when it arrives in pieces', async () => {
    site = await MqttSite.open();
    const client = await site.raw(version);
    const all = Buffer.concat([
      client.bytes(client.connectPacket({ token: 'ann' })),
      client.bytes({ cmd: 'subscribe', messageId: 3, subscriptions: [{ topic: 'me', qos: 1 }] }),
      client.bytes({ cmd: 'pingreq' }),
    ]);
    for (const byte of all) {
      client.sendBytes(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.until(({ cmd }) => cmd === 'pingresp');
    expect(client.packets.map(({ cmd }) => cmd)).toEqual(['connack', 'suback', 'pingresp']);
  });
});

describe('a client that publishes', () => {
  const publish = { cmd: 'publish', topic: 't/open', payload: 'hi', qos: 0, retain: false };

  it('is closed in 3.1.1, which has no word for it', async () => {
    site = await MqttSite.open();
    const client = await site.client(4, { token: 'ann' }, 'me');
    client.send(publish);
    await client.ended;
  });

  it.each([
    ['with QoS 0', {}, 0x87],
    ['with QoS 2', { qos: 2, messageId: 5 }, 0x9b],
    ['retained', { retain: true }, 0x9a],
    ['with a topic alias', { properties: { topicAlias: 1 } }, 0x94],
  ])('%s is disconnected in MQTT 5', async (_, more, reasonCode) => {
    site = await MqttSite.open();
    const client = await site.client(5, { token: 'ann' }, 'me');
    client.send({ ...publish, ...more });
    expect(await client.until(isDisconnect)).toMatchObject({ reasonCode });
  });

  it('with QoS 1 is told so in MQTT 5, and goes on', async () => {
    site = await MqttSite.open();
    const client = await site.client(5, { token: 'ann' }, 'me');
    client.send({ ...publish, qos: 1, messageId: 5 });
    const { messageId, reasonCode } = await client.until(({ cmd }) => cmd === 'puback');
    expect([messageId, reasonCode]).toEqual([5, 0x87]);
    await site.publish('ann', 'still here');
    await client.has(1);
  });
});

describe('an MQTT 5 client', () => {
  it('is told what there is', async () => {
    site = await MqttSite.open();
    const client = await site.raw(5);
    const { properties } = await client.connect({
      token: 'ann',
      keepalive: 60_000,
      clean: false,
      properties: { sessionExpiryInterval: 0xffff_ffff },
    });
    expect(properties).toEqual({
      sessionExpiryInterval: 600,
      serverKeepAlive: 300,
      maximumPacketSize: 32_768,
      maximumQoS: 1,
      retainAvailable: false,
      wildcardSubscriptionAvailable: false,
      subscriptionIdentifiersAvailable: false,
      sharedSubscriptionAvailable: false,
    });
  });

  it('is never owed more than its receive maximum, over all streams', async () => {
    site = await MqttSite.open();
    const client = await site.client(5, { token: 'ann', properties: { receiveMaximum: 3 } }, 'me', 't/open');
    for (let n = 1; n <= 5; n++)
      await site.push.publish('t', { to: { users: ['ann'], topics: ['open'] }, type: 'test' });
    const got: AnyPacket[] = [];
    while (got.length < 10) {
      await client.settled();
      const owed = client.published().slice(got.length);
      expect(owed.length).toBeLessThanOrEqual(3);
      const [next] = owed.length > 0 ? owed : await client.has(got.length + 1);
      got.push(next as AnyPacket);
      client.puback(next as AnyPacket);
    }
    expect([seqs(client.published('me')), seqs(client.published('t/open'))]).toEqual([
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
    ]);
  });

  it('hears on events of an entry that is larger than it takes', async () => {
    site = await MqttSite.open();
    const client = await site.client(5, { token: 'ann', properties: { maximumPacketSize: 2000 } }, 'me', 'events');
    await site.publish('ann', 'small', 'x'.repeat(3000), 'small again');
    expect((await client.has(2, 'me')).map((packet) => entry(packet).data)).toEqual(['small', 'small again']);
    expect((await client.has(1, 'events')).map(entry)).toEqual([
      { op: 'gap', s: '@me', from: 2, to: 2, reason: 'too large' },
    ]);
  });

  it('that asks for subscription identifiers is disconnected', async () => {
    site = await MqttSite.open();
    const client = await site.client(5, { token: 'ann' });
    const properties = { subscriptionIdentifier: 7 };
    client.send({ cmd: 'subscribe', messageId: 1, properties, subscriptions: [{ topic: 'me', qos: 1 }] });
    expect(await client.until(isDisconnect)).toMatchObject({ reasonCode: 0xa1 });
  });

  it('keeps its session for as long as it says when it leaves', async () => {
    site = await MqttSite.open();
    const lasting = { token: 'ann', clean: false, properties: { sessionExpiryInterval: 60 } };
    const client = await site.client(5, lasting, 'me');
    client.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
    await client.ended;
    expect(await (await site.raw(5)).connect(lasting)).toMatchObject({ sessionPresent: false });
  });

  it('is told when to come back as the node drains', async () => {
    site = await MqttSite.open();
    const client = await site.client(5, { token: 'ann' }, 'me');
    await site.push.drain();
    const { reasonCode, properties } = await client.until(isDisconnect);
    expect([reasonCode, properties?.userProperties]).toEqual([
      0x8b,
      { reconnect: 'true', afterMs: expect.stringMatching(/^\d+$/) },
    ]);
  });
});

describe('MQTT over WebSocket', () => {
  const open = (url: string, options: { origin?: string; protocol?: string } = {}) =>
    new Promise<WebSocket | number>((resolve, reject) => {
      const socket = new WebSocket(url, options.protocol ?? 'mqtt', { origin: options.origin });
      socket.once('open', () => resolve(socket));
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
      socket.once('error', reject);
    });

  it('is the same in binary frames, wherever they are cut', async () => {
    site = await MqttSite.open();
    const { url } = await site.webSocket();
    const socket = (await open(url)) as WebSocket;
    const client = new RawMqtt(createWebSocketStream(socket), 5);
    await client.connect({ token: 'ann' });
    const subscribe = client.bytes({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'me', qos: 1 }] });
    for (const byte of subscribe) client.sendBytes(Buffer.of(byte));
    await site.publish('ann', 'small', 'x'.repeat(200), 'x'.repeat(64_000));
    expect(seqs(await client.has(3))).toEqual([1, 2, 3]);
    client.drop();
  });

  it('is refused to a page of another origin before the upgrade, and without the subprotocol', async () => {
    site = await MqttSite.open();
    const { url } = await site.webSocket({ allowedOrigins: ['https://app.example.com'] });
    const tried = ['https://app.example.com.evil.com', 'http://app.example.com', 'null', 'https://app.example.com:444'];
    expect(await Promise.all(tried.map((origin) => open(url, { origin })))).toEqual(tried.map(() => 403));
    expect(await open(url, { protocol: 'push.v1.json' })).toBe(400);
    const welcome = (await open(url, { origin: 'https://app.example.com' })) as WebSocket;
    welcome.terminate();
  });

  it('ends with a text frame', async () => {
    site = await MqttSite.open();
    const { url } = await site.webSocket();
    const socket = (await open(url)) as WebSocket;
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.send('CONNECT');
    expect(await ended).toBe(1003);
  });
});
