import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { createPush } from '../../create-push.js';
import { createMemoryStore } from '../../store/memory/memory-store.js';
import { attachMqtt } from './attach.js';
import { MqttSite } from './mqtt-site.fixture.js';
import { RawMqtt, seqs } from './raw-mqtt.fixture.js';

/** For this test only: signed by itself, good until 2126, and nobody's secret. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgz1Lzxk64bHgO2ZAy
DcEBtet/mN0rOUFoIZHizPuwBIChRANCAASP21hawwbj8UYxJwlr466X3A7xmVaD
Ei4uw+i62oFhz6TtySCG7yS9eMNnq+r+TQYYaiBZ+RHh7t5mXZ+XsWhA
-----END PRIVATE KEY-----`;
const CERT = `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUP3mGoQ6ThT8A5WxHPb1I19WIzi8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA4MzUxNloYDzIxMjYxMDI4
MDgzNTE2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASP21hawwbj8UYxJwlr466X3A7xmVaDEi4uw+i62oFhz6TtySCG7yS9
eMNnq+r+TQYYaiBZ+RHh7t5mXZ+XsWhAo1MwUTAdBgNVHQ4EFgQUQ/VqYwaw7dCL
QSC2j9urnZKFU3QwHwYDVR0jBBgwFoAUQ/VqYwaw7dCLQSC2j9urnZKFU3QwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiB7ngujUMjcDO20hJc6EAzF
Ul1z271yiTEuFdiWdE8qxAIhAO6zZ7gGDxygJZT0hqH3mqdlTd3Lk7Bj1tiFRu3H
Cq+e
-----END CERTIFICATE-----`;

describe('the MQTT door', () => {
  let site: MqttSite | undefined;
  afterEach(async () => {
    await site?.close();
    site = undefined;
  });

  it('speaks TLS where it is given a certificate', async () => {
    site = await MqttSite.open({ mqtt: { tls: { key: KEY, cert: CERT } } });
    const socket = connectTls({ port: site.port, host: '127.0.0.1', ca: CERT, servername: 'localhost' });
    await once(socket, 'secureConnect');
    const client = new RawMqtt(socket, 5);
    await client.connect({ token: 'ann' });
    await client.subscribe('me');
    await site.publish('ann', 1, 2);
    expect(seqs(await client.has(2))).toEqual([1, 2]);
    client.drop();
    const plain = await site.raw(4);
    plain.send(plain.connectPacket({ token: 'ann' }));
    await plain.ended;
    expect(plain.packets).toEqual([]);
  });

  it('says so when its port is taken', async () => {
    site = await MqttSite.open();
    await expect(attachMqtt(site.push, { port: site.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it.each([
    ['inFlight', 1025],
    ['inFlight', 0],
    ['sessionMs', 1.5],
    ['connectTimeoutMs', -1],
  ])('refuses the option %s: %j by its name', async (name, value) => {
    const push = createPush({ store: createMemoryStore() });
    const error = { code: 'INVALID', field: `mqtt.${name}` };
    await expect(attachMqtt(push, { port: 0, [name]: value })).rejects.toMatchObject(error);
  });

  it('sends everybody away as it closes, also who has not said CONNECT, and cuts off who does not go', async () => {
    site = await MqttSite.open({ mqtt: { closeTimeoutMs: 100 } });
    const door = await attachMqtt(site.push, { port: 0, closeTimeoutMs: 100 });
    const [silent, polite] = [await RawMqtt.open(door.port, 5), await RawMqtt.open(door.port, 5)];
    await polite.connect({ token: 'ann' });
    await door.close();
    await Promise.all([silent.ended, polite.ended]);
    expect(polite.packets.at(-1)).toMatchObject({ cmd: 'disconnect', reasonCode: 0x8b });
    expect(site.push.status().connections).toBe(0);
  });
});
