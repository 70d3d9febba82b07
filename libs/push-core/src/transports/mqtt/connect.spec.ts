import { afterEach, describe, expect, it } from '@jest/globals';
import { MqttSite } from './mqtt-site.fixture.js';
import type { AnyPacket, Asking } from './raw-mqtt.fixture.js';

let site: MqttSite;
afterEach(() => site.close());

const code = ({ returnCode, reasonCode }: AnyPacket) => returnCode ?? reasonCode;
const will = { topic: 't/news', payload: Buffer.from('gone') };

describe('CONNECT', () => {
  it.each<[string, Asking, number, number]>([
    ['a good token', { token: 'ann' }, 0, 0],
    ['the user as user name', { token: 'ann', username: 'ann' }, 0, 0],
    ['the device of the token as client id', { token: 'ann:d1' }, 0, 0],
    ['a bad token', { token: 'nobody' }, 4, 0x86],
    ['an expired token', { token: 'expired' }, 4, 0x86],
    ['a token of 30 KB', { token: 'x'.repeat(30_000) }, 4, 0x86],
    ['another user as user name', { token: 'ann', username: 'ben' }, 4, 0x86],
    ['a client id that is not the device of the token', { token: 'ann:d1', clientId: 'd2' }, 5, 0x87],
    ['white space in the client id', { token: 'ann', clientId: 'two words' }, 2, 0x85],
    ['a newline in the client id', { token: 'ann', clientId: 'd1\n' }, 2, 0x85],
    ['a client id of 129 characters', { token: 'ann', clientId: 'x'.repeat(129) }, 2, 0x85],
    ['no client id and a token without device', { token: 'ann', clientId: '' }, 2, 0x85],
    ['a will', { token: 'ann', will }, 5, 0x87],
    ['a retained will', { token: 'ann', will: { ...will, retain: true } }, 5, 0x9a],
  ])('with %s is answered by its code', async (_, asking, v4, v5) => {
    site = await MqttSite.open();
    const answers = [await (await site.raw(4)).connect(asking), await (await site.raw(5)).connect(asking)];
    expect(answers.map(code)).toEqual([v4, v5]);
    expect(answers.map(({ sessionPresent }) => sessionPresent)).toEqual([false, false]);
  });

  it('ends the connection after a refusal, with a reason for MQTT 5', async () => {
    site = await MqttSite.open();
    const client = await site.raw(5);
    const { properties } = await client.connect({ token: 'nobody' });
    expect(properties).toMatchObject({ reasonString: expect.any(String), userProperties: { reconnect: 'false' } });
    await client.ended;
  });

  it('without a client id gets the device of the token, which MQTT 5 is told', async () => {
    site = await MqttSite.open();
    const five = await site.client(5, { token: 'ann:phone', clientId: '' }, 'me');
    expect((await five.until(({ cmd }) => cmd === 'connack')).properties?.assignedClientIdentifier).toBe('phone');
    const four = await site.raw(4);
    expect(await four.connect({ token: 'ann:phone', clientId: '', clean: true })).toMatchObject({ returnCode: 0 });
    await five.ended;
    const lasting = await site.raw(4);
    const bytes = lasting.bytes(lasting.connectPacket({ token: 'ann:phone', clientId: '' }));
    // Clean session off.
    bytes[9] = (bytes[9] as number) & ~0x02;
    lasting.sendBytes(bytes);
    expect(await lasting.until(({ cmd }) => cmd === 'connack')).toMatchObject({ returnCode: 2 });
  });

  it('with authentication data is refused: the token travels in the password', async () => {
    site = await MqttSite.open();
    const client = await site.raw(5);
    const properties = { authenticationMethod: 'SCRAM-SHA-1', authenticationData: Buffer.from('x') };
    expect(await client.connect({ token: 'ann', properties })).toMatchObject({ reasonCode: 0x8c });
  });

  it.each([
    ['MQTT 3.1', { protocolId: 'MQIsdp', protocolVersion: 3 }],
    ['a bridge', { bridgeMode: true }],
  ])('of %s is refused as another version', async (_, more) => {
    site = await MqttSite.open();
    const client = await site.raw(4);
    expect(await client.connect({ token: 'ann', ...more } as Asking)).toMatchObject({ returnCode: 1 });
  });

  it('of a version that does not exist yet is refused as MQTT 5 says it', async () => {
    site = await MqttSite.open();
    const client = await site.raw(5);
    const bytes = client.bytes(client.connectPacket({ token: 'ann' }));
    bytes[8] = 6;
    client.sendBytes(bytes);
    expect(await client.until(({ cmd }) => cmd === 'connack')).toMatchObject({ reasonCode: 0x84 });
  });

  it('in 3.1.1 may not have a password without a user name', async () => {
    site = await MqttSite.open();
    const client = await site.raw(4);
    client.sendBytes(Buffer.from('101300044d5154540440000000026431000361 6e6e'.replace(' ', ''), 'hex'));
    await client.ended;
    expect(client.packets).toEqual([]);
  });

  it('in MQTT 5 may have a password without a user name', async () => {
    site = await MqttSite.open();
    const client = await site.raw(5);
    client.sendBytes(Buffer.from('101400044d51545405400000000002643100 03616e6e'.replace(' ', ''), 'hex'));
    expect(await client.until(({ cmd }) => cmd === 'connack')).toMatchObject({ reasonCode: 0 });
  });

  it.each([
    ['a receive maximum of 0', { receiveMaximum: 0 }, 0x82],
    ['a maximum packet size of 0', { maximumPacketSize: 0 }, 0x82],
    ['a maximum packet size no answer fits in', { maximumPacketSize: 100 }, 0x95],
  ])('with %s is refused', async (_, properties, reasonCode) => {
    site = await MqttSite.open();
    const client = await site.raw(5);
    expect(await client.connect({ token: 'ann', properties })).toMatchObject({ reasonCode });
  });

  it('comes once', async () => {
    site = await MqttSite.open();
    const client = await site.client(5, { token: 'ann' });
    client.send(client.connectPacket({ token: 'ann' }));
    expect(await client.until(({ cmd }) => cmd === 'disconnect')).toMatchObject({ reasonCode: 0x82 });
    const old = await site.client(4, { token: 'ann', clientId: 'd4' });
    old.send(old.connectPacket({ token: 'ann' }));
    await old.ended;
  });

  it('of another version, as a second one, disturbs nobody else', async () => {
    site = await MqttSite.open();
    const others = [await site.client(4, { token: 'ann' }), await site.client(5, { token: 'ben' })];
    for (const version of [4, 5] as const) {
      const client = await site.client(version, { token: 'eve' });
      client.send(client.connectPacket({ token: 'eve', protocolVersion: version === 4 ? 5 : 4 }));
      await client.ended;
    }
    for (const other of others) expect((await other.subscribe('me', 'events')).granted).toEqual([1, 0]);
  });

  it('must come first, and in time', async () => {
    site = await MqttSite.open({ mqtt: { connectTimeoutMs: 1 } });
    const hasty = await site.raw(4);
    hasty.send({ cmd: 'pingreq' });
    await hasty.ended;
    const silent = await site.raw(4);
    await silent.ended;
    expect([...hasty.packets, ...silent.packets]).toEqual([]);
  });

  it('is refused with the reason the engine gives, and when to come back', async () => {
    site = await MqttSite.open({ engine: { limits: { connectionsPerAddress: 1 } } });
    await site.client(4, { token: 'ann' });
    const four = await site.raw(4);
    expect(await four.connect({ token: 'ben' })).toMatchObject({ returnCode: 3 });
    const five = await site.raw(5);
    const { reasonCode, properties } = await five.connect({ token: 'ben' });
    expect([0x89, 0x97, 0x9f]).toContain(reasonCode);
    expect(properties?.userProperties?.reconnect).toBe('true');
  });

  it('is refused by a hook of the host, in its words', async () => {
    const connect = () => Promise.resolve({ allow: false as const, reason: 'not today' });
    site = await MqttSite.open({ engine: { plugins: [{ name: 'door', hooks: { connect } }] } });
    const client = await site.raw(5);
    const { reasonCode, properties } = await client.connect({ token: 'ann' });
    expect([reasonCode, properties?.reasonString]).toEqual([0x87, 'not today']);
  });

  it('is let in by so many at a time only', async () => {
    site = await MqttSite.open({ mqtt: { unconnected: 1 } });
    const waiting = await site.raw(4);
    const tooMany = await site.raw(4);
    await tooMany.ended;
    expect(await waiting.connect({ token: 'ann' })).toMatchObject({ returnCode: 0 });
  });
});

describe('packets before CONNACK', () => {
  /** Lets the token's check take until it is told. */
  function slowDoor() {
    let admit = () => {};
    const gate = new Promise<void>((resolve) => (admit = resolve));
    let asked = 0;
    const authenticate = async () => {
      asked++;
      await gate;
      return { kind: 'valid' as const, identity: { tenant: 't', user: 'ann', topics: ['open'] } };
    };
    return { engine: { authenticator: { authenticate } }, admit: () => admit(), asked: () => asked };
  }

  it('are held, and handled in order', async () => {
    const door = slowDoor();
    site = await MqttSite.open({ engine: door.engine });
    const client = await site.raw(4);
    const subscribe = (messageId: number, topic: string) => ({
      cmd: 'subscribe',
      messageId,
      subscriptions: [{ topic, qos: 1 }],
    });
    client.send(client.connectPacket({ token: 'ann' }), subscribe(1, 'me'), subscribe(2, 't/open'), { cmd: 'pingreq' });
    door.admit();
    await client.until(({ cmd, messageId }) => cmd === 'suback' && messageId === 2);
    expect(client.packets.map(({ cmd }) => cmd).sort()).toEqual(['connack', 'pingresp', 'suback', 'suback']);
    expect(client.packets[0]?.cmd).toBe('connack');
  });

  it('are 64 at most; then the connection ends and none of them was handled', async () => {
    const door = slowDoor();
    site = await MqttSite.open({ engine: door.engine });
    const client = await site.raw(5);
    const flood = Buffer.concat(Array.from({ length: 10_000 }, () => Buffer.of(0xc0, 0)));
    client.sendBytes(Buffer.concat([client.bytes(client.connectPacket({ token: 'ann' })), flood]));
    await client.ended;
    expect(client.packets.map(({ cmd, reasonCode }) => [cmd, reasonCode])).toEqual([['connack', 0x88]]);
    door.admit();
    expect(site.push.status().connections).toBe(0);
  });

  it('are 64 KB at most', async () => {
    const door = slowDoor();
    site = await MqttSite.open({ engine: door.engine });
    const client = await site.raw(5);
    const large = client.bytes({ cmd: 'publish', topic: 'x', qos: 0, payload: Buffer.alloc(30_000) });
    client.sendBytes(Buffer.concat([client.bytes(client.connectPacket({ token: 'ann' })), large, large, large]));
    await client.ended;
    expect(client.packets.map(({ cmd }) => cmd)).toEqual(['connack']);
  });
});
