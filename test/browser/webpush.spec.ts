/**
 * A notification on its whole way into Chromium: subscribed in a page, encrypted by the provider, taken by a push service, decrypted in the
 * browser, shown by the service worker, clicked, reported.
 *
 * Chromium's own here: the service worker and its `push` event, WebCrypto, the permission, the notifications it keeps, the messages between
 * worker and page, fetch. Stood in for: its push service, which cannot be reached, so `PushManager.subscribe` (a key pair made in the
 * page), the transport from the push service (DevTools delivers the push), and the decryption in between (done in the page by code of this
 * test, which shares nothing with ours); the click, which headless Chromium offers nobody a place for: an event like it is dispatched
 * in the worker, and because it is not the user's, Chromium refuses to focus a window for it.
 */
import { createECDH } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type CDPSession, type Page, type Worker } from 'playwright-core';
import { createIds, systemClock } from 'push-core';
import { createEgressGuard, createHttpPool, webpush, type Provider } from 'push-core/providers';
import { FakeWebPush } from 'push-core/testing';
import { eventually } from '../support/eventually.js';
import { DECRYPT, PAGE } from './webpush-page.js';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'];
const CLIENT = path.resolve(__dirname, '../../libs/push-client/src/webpush/index.ts');

interface Token {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

const keys = createECDH('prime256v1');
const publicKey = keys.generateKeys('base64url');
const privateKey = Buffer.from(keys.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url');

let site: Server;
let origin: string;
/** What the service worker told the server. */
let told: { url: string; authorization: string; body: unknown }[];
let pushService: FakeWebPush;
let provider: Provider;
let browser: Browser;
let page: Page;
let devtools: CDPSession;
let registrationId: string;
/** How many notifications Chromium says it has put up. */
let displayed = 0;
/** What the page registered at its backend. */
let token: Token;

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`This test needs ${CHROMIUM}: apt-get install chromium`);
  told = [];
  await serveApp();
  pushService = await FakeWebPush.listen();
  provider = openProvider();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  await openPage();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await provider?.close();
  await pushService?.close();
  site?.closeAllConnections();
  await new Promise((resolve) => site?.close(resolve));
});

it('registers a subscription at every start of the page, and the same one', async () => {
  expect(token.endpoint).toContain(pushService.url);
  const before = token;
  await page.reload();
  await becomes(() => page.evaluate('window.state'), 'enabled');
  expect(token).toEqual(before);
});

it('shows what was encrypted for it, and nobody else could read', async () => {
  await deliver({ title: 'Ann', body: 'Hi! “ä” 👩‍👩‍👧‍👦', collapseKey: 'room-7', seq: 42 });
  expect(await shown()).toEqual([{ title: 'Ann', body: 'Hi! “ä” 👩‍👩‍👧‍👦', tag: 'room-7' }]);
  expect(pushService.pushes.at(-1)).not.toHaveProperty('plaintext');
});

it('shows a later one with the same key in its place', async () => {
  await deliver({ title: 'Ann', body: 'Still there?', collapseKey: 'room-7', seq: 43 });
  expect(await shown()).toEqual([{ title: 'Ann', body: 'Still there?', tag: 'room-7' }]);
});

it('goes where a click leads, in the page that is open, and reports it', async () => {
  await click();
  await becomes(() => page.evaluate('window.opened'), [`${origin}/rooms/m43`]);
  await becomes(
    async () => told.map(({ url }) => url).sort(),
    ['/v1/ack?device=d1', '/v1/notifications/opened?device=d1'],
  );
  expect(told.map(({ body }) => body)).toEqual(expect.arrayContaining([{ id: 'm43' }, { s: '@me', seq: 43 }]));
  expect(told.every(({ authorization }) => authorization === 'Bearer jwt')).toBe(true);
  expect(await shown()).toEqual([]);
});

it('closes what was read elsewhere, and nothing newer', async () => {
  const first = await deliver({ title: 'Bob', body: 'one', collapseKey: 'room-8', seq: 44 });
  await deliver({ title: 'Cem', body: 'two', collapseKey: 'room-9', seq: 45 });
  await takeBack({ notificationId: first, collapseKey: 'room-8' });
  await becomes(async () => (await shown()).map(({ tag }) => tag), ['room-9']);
  await takeBack({ notificationId: first, collapseKey: 'room-9' });
  await deliver({ title: 'Dan', body: 'three', collapseKey: 'room-10', seq: 46 });
  expect((await shown()).map(({ tag }) => tag).sort()).toEqual(['room-10', 'room-9']);
});

async function deliver(what: { title: string; body: string; collapseKey: string; seq: number }): Promise<string> {
  const { seq, ...content } = what;
  const id = `n-${seq}`;
  const data = { id: `m${seq}`, stream: '@me', seq: String(seq), type: 'chat.message' };
  const rest = { priority: 'high', messageClass: 'im', mutable: false, expiresAt: systemClock.now() + 60_000 } as const;
  const [result] = await provider.send([
    { address: address(), notification: { id, messageId: data.id, ...content, ...rest, data } },
  ]);
  expect(result).toEqual({ kind: 'accepted' });
  const before = displayed;
  await handOver();
  await eventually(() => displayed > before);
  return id;
}

async function takeBack(what: { notificationId: string; collapseKey: string }): Promise<void> {
  const [result] = await provider.retract([
    { address: address(), retraction: { id: 'r', messageId: 'm', badge: 0, reason: 'read', ...what } },
  ]);
  expect(result).toEqual({ kind: 'accepted' });
  await handOver();
}

/** From the push service into the browser: what the fake took last is decrypted in the page, and delivered. */
async function handOver(): Promise<void> {
  const body = pushService.requests.at(-1)?.body.toString('base64');
  const text = await page.evaluate(`decrypt(${JSON.stringify(body)})`);
  await devtools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data: String(text) });
}

const becomes = (ask: () => Promise<unknown>, expected: unknown): Promise<void> =>
  eventually(async () => JSON.stringify(await ask()) === JSON.stringify(expected));

const address = () => ({
  ...{ tenant: 't', user: 'u', device: 'd1', platform: 'web', registeredAt: 0 },
  token: { provider: 'webpush', token: { ...token } },
});

const shown = (): Promise<{ title: string; body: string; tag: string }[]> =>
  page.evaluate(`(async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
  })()`);

/** Waits for the handler to be done, as `waitUntil` would make the browser do; an event that is not the user's may not call it. */
async function click(): Promise<void> {
  const [worker] = page.context().serviceWorkers() as [Worker];
  await worker.evaluate(`(async () => {
    const [notification] = await self.registration.getNotifications();
    const event = new NotificationEvent('notificationclick', { notification });
    const works = [];
    Object.defineProperty(event, 'waitUntil', { value: (work) => works.push(work) });
    self.dispatchEvent(event);
    await Promise.all(works);
  })()`);
}

function openProvider(): Provider {
  const guard = createEgressGuard({ allow: [new URL(pushService.url).host] });
  const random = () => 0.5;
  return webpush.create(webpush.parse({ subject: 'mailto:ops@example.org', publicKey, privateKey }), {
    ...{ tenant: 't', clock: systemClock, random, ids: createIds(), deadlineMs: 5000 },
    http: createHttpPool({ clock: systemClock, random, guard }),
    shelf: { get: () => Promise.reject(new Error('not used')), refuse: () => Promise.resolve() },
  });
}

async function openPage(): Promise<void> {
  const context = await browser.newContext();
  await context.grantPermissions(['notifications'], { origin });
  page = await context.newPage();
  await page.exposeFunction('register', (given: Token) => void (token = given));
  devtools = await context.newCDPSession(page);
  devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    registrationId =
      registrations.find(({ scopeURL }) => scopeURL.startsWith(origin))?.registrationId ?? registrationId;
  });
  devtools.on('BackgroundService.backgroundServiceEventReceived', ({ backgroundServiceEvent }) => {
    if (backgroundServiceEvent.eventName === 'Notification displayed') displayed++;
  });
  await devtools.send('BackgroundService.startObserving', { service: 'notifications' });
  await devtools.send('BackgroundService.setRecording', { service: 'notifications', shouldRecord: true });
  await devtools.send('ServiceWorker.enable');
  await page.goto(origin);
  await becomes(() => page.evaluate('window.state'), 'enabled');
  await eventually(() => typeof registrationId === 'string');
}

/** The application: its page, its service worker, and the two routes of the server that the worker calls. */
async function serveApp(): Promise<void> {
  const bundle = async (contents: string): Promise<string> => {
    const stdin = { contents, resolveDir: path.dirname(CLIENT), loader: 'ts' as const };
    const result = await build({
      stdin,
      bundle: true,
      format: 'iife',
      target: 'es2022',
      write: false,
      globalName: 'lib',
    });
    return result.outputFiles[0]?.text ?? '';
  };
  const client = await bundle(`export * from './index.js';`);
  const worker = await bundle(`
    import { installPush, reportTo } from './index.js';
    const report = reportTo({ url: self.location.origin, device: 'd1', token: () => 'jwt' });
    installPush(self, { open: ({ data }) => '/rooms/' + data.id, ...report });
    self.addEventListener('install', () => self.skipWaiting());
    self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
  `);
  const endpoint = (): string => pushService.subscribe(publicKey).endpoint;
  const files: Record<string, [type: string, content: () => string]> = {
    '/': ['text/html', () => PAGE],
    '/client.js': ['text/javascript', () => `${client}\n${DECRYPT}\nconst publicKey = '${publicKey}';`],
    '/worker.js': ['text/javascript', () => worker],
    '/endpoint': ['text/plain', endpoint],
  };
  site = createServer((request, response) => void answer(request, response, files));
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: Record<string, [string, () => string]>,
): Promise<void> {
  if (request.method === 'POST') {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    told.push({ url: request.url ?? '', authorization: request.headers.authorization ?? '', body });
    response.writeHead(204).end();
    return;
  }
  const file = files[request.url ?? ''];
  if (file) response.writeHead(200, { 'content-type': `${file[0]}; charset=utf-8` }).end(file[1]());
  else response.writeHead(404).end();
}
