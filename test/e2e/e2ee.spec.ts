import { createECDH } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { PushClient } from 'push-client';
import {
  MemoryDirectory,
  MemoryKeys,
  openE2ee,
  openNotification,
  sealedMessages,
  type E2eeSession,
  type KeyChange,
  type OpenOutcome,
} from 'push-client/e2ee';
import { nodeSocket } from 'push-client/node';
import { FakeWebPush } from 'push-core/testing';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server.js';

jest.setTimeout(60_000);

const CANARY = 'c4n4ry-that-nobody-reads';
const PLAIN = 'pl41n-for-everybody';

let server: ServerProcess;
let browsers: FakeWebPush;
const directory = new MemoryDirectory();
const clients: PushClient[] = [];

beforeAll(async () => {
  browsers = await FakeWebPush.listen();
  server = await ServerProcess.start({
    env: { PUSH_EGRESS_ALLOW: new URL(browsers.url).host, PUSH_LOG_LEVEL: 'trace' },
  });
  const vapid = createECDH('prime256v1');
  await admin('PUT', '/v1/tenants/default/providers/webpush', {
    subject: 'mailto:ops@example.org',
    publicKey: vapid.generateKeys('base64url'),
    privateKey: vapid.getPrivateKey('base64url'),
  });
  // So that a push brings the message's data to the service worker.
  await admin('PUT', '/v1/tenants/default/policy', { privacy: 'full' });
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server?.remove();
  await browsers?.close();
});

async function admin(method: string, path: string, body: unknown): Promise<void> {
  const answer = await server.call(method, path, { key: server.keys.adminKey, body });
  expect([path, answer.status]).toEqual([path, 200]);
}

interface Device {
  readonly session: E2eeSession;
  readonly seen: OpenOutcome[];
  readonly client: PushClient;
}

/** A device that is online: keys, and a client whose messages it opens. */
async function device(user: string, name: string): Promise<Device> {
  const session = await openE2ee({ user, device: name, store: new MemoryKeys(), directory });
  await session.publishKeys();
  const client = new PushClient({
    url: server.socketUrl,
    token: await server.token(user),
    device: name,
    socket: nodeSocket(),
  });
  clients.push(client);
  const seen: OpenOutcome[] = [];
  const messages = sealedMessages(client, session);
  messages.on('message', (message) => void seen.push(message));
  messages.on('unreadable', (message) => void seen.push(message));
  await client.connect();
  return { session, seen, client };
}

/** What the sender's backend does with what its client sealed. */
async function send(from: E2eeSession, to: string, data: unknown, words?: string): Promise<void> {
  const place = { type: 'chat.message', thread: 'room-7' };
  const notification = words === undefined ? undefined : { title: 'Ann', body: words };
  const outcome = await from.sealFor([to], data, { ...place, notification, generic: { body: 'New message' } });
  if (outcome.kind !== 'sealed') throw new Error(outcome.kind);
  const options = { offline: { mode: words === undefined ? 'never' : 'always', waitMs: 0 } };
  const { data: sealed, notification: generic } = outcome;
  await server.publish(to, sealed, { ...place, notification: generic, options, to: { users: [from.user, to] } });
}

const texts = ({ seen }: Device) => seen.map((one) => (one.kind === 'opened' ? one.data : one.kind));

/** All that somebody sees who has the server's disk, its log and the network to its providers. */
function everythingKept(): string {
  const files = ['', '-wal', '-journal'].map((suffix) => server.databaseFile + suffix).filter(existsSync);
  const pushes = browsers.pushes.map(({ plaintext }) => plaintext?.toString() ?? '');
  return [...files.map((file) => readFileSync(file, 'latin1')), server.output, ...pushes].join('\n');
}

describe('two users with three devices', () => {
  it('read each other, and nobody else does: not the server, its log, its file, or what it sends to providers', async () => {
    const [phone, laptop, bob] = [
      await device('ann', 'phone'),
      await device('ann', 'laptop'),
      await device('bob', 'phone'),
    ];
    const browser = browsers.subscribe();
    await server.call('PUT', '/v1/users/ann/devices/browser', {
      body: { platform: 'web', tokens: [{ provider: 'webpush', token: browser }] },
    });
    const worker = await openE2ee({ user: 'ann', device: 'browser', store: new MemoryKeys(), directory });
    await worker.publishKeys();

    await send(bob.session, 'ann', { text: CANARY }, `${CANARY} 2`);
    await eventually(() => phone.seen.length === 1 && laptop.seen.length === 1 && bob.seen.length === 1);
    for (const one of [phone, laptop, bob]) {
      expect(one.seen).toMatchObject([{ kind: 'opened', data: { text: CANARY }, sender: { user: 'bob' } }]);
    }

    // The browser is not connected: the push is what it gets, and only its worker can read it.
    await eventually(() => browsers.pushes.length > 0);
    const push = browsers.pushes[0]!.payload as { title?: string; body: string; data: Record<string, string> };
    expect([push.title, push.body]).toEqual([undefined, 'New message']);
    expect(await openNotification(worker, push)).toEqual({ title: 'Ann', body: `${CANARY} 2` });

    // The search finds what is there.
    await server.publish('ann', { text: PLAIN });
    await eventually(() => everythingKept().includes(PLAIN));
    expect(everythingKept()).toContain('"e2ee":1');
    expect(everythingKept()).not.toContain(CANARY);
    await eventually(() => phone.seen.length === 2);
    expect(texts(phone)).toEqual([{ text: CANARY }, 'notSealed']);
  });

  it('stop at a key change until it is accepted, and go on after it', async () => {
    const cleo = await device('cleo', 'phone');
    const dan = await device('dan', 'phone');
    await send(cleo.session, 'dan', 'before');
    await eventually(() => dan.seen.length === 1);

    // Dan loses everything and installs the app anew, under the same name.
    await dan.client.close();
    const changes: KeyChange[] = [];
    cleo.session.on('keyChange', (change) => changes.push(change));
    const fresh = await device('dan', 'phone');
    await expect(send(cleo.session, 'dan', 'while')).rejects.toThrow('keyChanged');
    await send(fresh.session, 'cleo', 'new phone!');
    await eventually(() => cleo.seen.length === 2);
    expect(texts(cleo)).toEqual(['before', 'keyChanged']);
    expect(changes).toMatchObject([{ user: 'dan', device: 'phone', identity: fresh.session.identity }]);

    await cleo.session.accept(changes[0]!);
    await send(cleo.session, 'dan', 'after');
    await eventually(() => texts(fresh).includes('after'));
    expect(await cleo.session.safetyNumber('dan')).toBe(await fresh.session.safetyNumber('cleo'));
  });

  it('are not fooled by a server that publishes a sealed message again, or elsewhere', async () => {
    const [eve, fay] = [await device('eve', 'phone'), await device('fay', 'phone')];
    const outcome = await eve.session.sealFor(['fay'], 'pay 10', { type: 'pay', thread: 'a' });
    const data = outcome.kind === 'sealed' && outcome.data;
    await server.publish('fay', data, { type: 'pay', thread: 'a' });
    await server.publish('fay', data, { type: 'pay', thread: 'a' });
    await server.publish('fay', data, { type: 'pay', thread: 'b' });
    await eventually(() => fay.seen.length === 3);
    expect(texts(fay)).toEqual(['pay 10', 'replayed', 'tampered']);
  });
});
