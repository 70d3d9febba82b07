/**
 * The newcomer's walk through the console, against a fresh server as `npm start` starts it: sign in, make a tenant and a key, send, watch it
 * arrive on a real device, open its story, find why a second one was not delivered. Then what the pages promise to whoever uses a keyboard, a phone,
 * another language or the dark. `PUSH_WRITE_SCREENSHOTS=1` writes what the documentation shows.
 */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';
import { PushClient } from 'push-client';
import { nodeSocket } from 'push-client/node';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server.js';
import { DESKTOP, type Look } from './support/chat-page.js';
import { ConsolePage } from './support/console-page.js';
import { CHROMIUM, FLAGS } from './support/demo.js';
import { faultsOf } from './support/looks.js';

const START_MS = 120_000;
const PATIENCE_MS = 30_000;
const SHOTS = path.resolve(__dirname, '../../docs/images');
const NARROW = { width: 360, height: 780 };
const OWN = 'a sentence nobody guesses';
const HOSTILE = '<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script> \u202Egnp.exe';
const NO_FAULTS = { nameless: [], pale: [], overflow: 0, headings: 1 };
const PLACES = [
  '',
  '/messages',
  '/users',
  '/users/ann',
  '/topics',
  '/topics/news',
  '/send',
  '/providers',
  '/dead',
  '/tenants',
  '/tenants/acme',
  '/keys',
  '/audit',
  '/people',
  '/account',
];

jest.setTimeout(120_000);

describe('the console', () => {
  let server: ServerProcess;
  let browser: Browser;
  let desk: ConsolePage;
  let key: string;
  let client: PushClient | undefined;
  let delivered: string;
  const arrived: unknown[] = [];

  beforeAll(async () => {
    server = await ServerProcess.start();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    desk = await ConsolePage.open(browser, server.url, DESKTOP);
  }, START_MS);

  afterAll(async () => {
    await client?.close();
    await browser?.close();
    await server?.remove();
  }, START_MS);

  const shot = async (from: ConsolePage, name: string): Promise<void> => {
    if (process.env.PUSH_WRITE_SCREENSHOTS !== '1') return;
    await from.page.waitForLoadState('networkidle');
    await from.page.locator('.toast').first().waitFor({ state: 'detached' });
    await from.page.screenshot({ path: path.join(SHOTS, `console-${name}.png`) });
  };

  it('a wrong password is refused with what helps, and nothing else is shown', async () => {
    await shot(desk, 'sign-in');
    await desk.signIn('admin', 'not the password');
    await desk.part('problem').waitFor();
    expect(await desk.part('problem').innerText()).toMatch(/Name or password is wrong/);
    expect(await desk.part('nav-messages').count()).toBe(0);
    expect((await faultsOf(desk.page)).nameless).toEqual([]);
  });

  it('the printed password lets in once: then one has an own', async () => {
    const printed = /user admin, password (\S+)/.exec(server.output)?.[1];
    expect(printed).toBeDefined();
    await desk.signIn('admin', printed as string);
    await desk.part('must-set-up').waitFor();
    await desk.part('current-password').fill(printed as string);
    await desk.part('new-password').fill('short');
    await desk.part('repeat-password').fill('short');
    await desk.part('change-password').click();
    await desk.page.getByText('12 characters at least', { exact: true }).waitFor();
    await desk.part('new-password').fill(OWN);
    await desk.part('repeat-password').fill(OWN);
    await desk.part('change-password').click();
    await desk.part('state').waitFor();
    await desk.page.getByText('Ready', { exact: true }).waitFor();
  });

  it('makes a tenant, and a key that is shown this once', async () => {
    await desk.toPage('tenants');
    await desk.part('new-tenant').click();
    await desk.part('new-tenant-id').fill('acme');
    await desk.part('new-tenant-name').fill('ACME Messenger');
    await desk.part('dialog-submit').click();
    await desk.part('new-key').click();
    await desk.part('key-name').fill('orders');
    await desk.part('dialog-submit').click();
    key = await desk.part('key').innerText();
    expect(key).toMatch(/^push_[\w-]{40,}$/);
    await shot(desk, 'key');
    await desk.part('key-kept').click();
    await desk.part('keys').getByText('orders').waitFor();
    expect(await desk.page.content()).not.toContain(key);
    expect(await desk.part('tenant').innerText()).toContain('acme');
  });

  it('a message that is sent arrives on a device, and is followed to its end', async () => {
    const issued = await server.call('POST', '/v1/tokens', { key, body: { user: 'ann', device: 'laptop' } });
    expect(issued.status).toBe(201);
    client = new PushClient({
      url: server.socketUrl,
      token: (issued.body as { token: string }).token,
      device: 'laptop',
      socket: nodeSocket(),
    });
    client.on('message', ({ data }) => void arrived.push(data));
    await client.connect();
    delivered = await desk.send('ann', { text: HOSTILE });
    await desk.page.locator('[data-testid=follow][data-state=delivered]').waitFor();
    await eventually(() => arrived.length === 1, PATIENCE_MS);
    expect(arrived).toEqual([{ text: HOSTILE }]);
    await shot(desk, 'send');
  });

  it('tells its story, and shows what it carries as text: no markup is read, nothing hides', async () => {
    await desk.part('open-message').click();
    await desk.page.locator('[data-testid=explain][data-outcome=delivered]').waitFor();
    expect(await desk.part('explain-steps').innerText()).toContain('Acknowledged by device laptop');
    const payload = await desk.part('payload').innerText();
    expect(payload).toContain('<img src=x onerror=');
    expect(payload).toContain('<script>');
    expect(payload).toContain('U+202E');
    expect(payload).not.toContain('\u202E');
    expect(
      await desk.page.evaluate('[globalThis.pwned, document.querySelectorAll("main img, main script").length]'),
    ).toEqual([undefined, 0]);
    await shot(desk, 'story-delivered');
  });

  it('says why a second one was not delivered, and what helps', async () => {
    await desk.toPage('send');
    await desk.part('send-notification').click();
    await desk.part('send-title').fill('Ann');
    await desk.part('send-body').fill('Are you there?');
    await desk.send('bob', { text: 'Are you there?' });
    await desk.part('open-message').click();
    const verdict = desk.part('verdict');
    await eventually(async () => {
      await desk.page.getByRole('button', { name: 'Ask again' }).click();
      return /no device registered/.test(await verdict.innerText());
    }, PATIENCE_MS);
    expect(await verdict.innerText()).toMatch(/Not delivered/);
    expect(await desk.part('remedy').innerText()).toMatch(
      /Connect a device with push-client.*PUT \/v1\/users\/bob\/devices/,
    );
    await shot(desk, 'story');
  });

  it('finds both in the list, and the user with its device and cursor', async () => {
    await desk.toPage('messages');
    await desk.part(`message-${delivered}`).waitFor();
    await desk.part('filter-user').fill('bob');
    await desk.part('find').click();
    await desk.part(`message-${delivered}`).waitFor({ state: 'detached' });
    await desk.toPage('users');
    await desk.part('user-ann').click();
    await desk.page.locator('[data-testid=presence][data-online]').waitFor();
    await desk.part('cursors').getByText('laptop').first().waitFor();
    await desk.part('inbox').getByText('test.hello').first().waitFor();
    await shot(desk, 'user');
  });

  it('is used without a pointer: pages by two keys, anything by Ctrl+K, a form by Tab and Enter', async () => {
    const { keyboard } = desk.page;
    await keyboard.press('Escape');
    await desk.page.locator('h1').focus();
    await keyboard.press('?');
    await desk.part('shortcuts').waitFor();
    await keyboard.press('Escape');
    await keyboard.press('Control+k');
    await desk.page.locator('[data-testid=palette-input]:focus').waitFor();
    await keyboard.type('news');
    await desk.page.getByRole('option', { name: 'Open topic news' }).waitFor();
    for (let i = 0; i < 12; i++) {
      if ((await desk.page.getByRole('option', { selected: true }).innerText()).includes('Open topic news')) break;
      await keyboard.press('ArrowDown');
    }
    await keyboard.press('Enter');
    await desk.part('add-subscribers').waitFor();
    expect(await desk.page.evaluate('document.activeElement.tagName')).toBe('H1');
    for (let i = 0; i < 6; i++) {
      await keyboard.press('Tab');
      if ((await desk.page.evaluate('document.activeElement.dataset.testid')) === 'add-subscribers') break;
    }
    await keyboard.type('ann bob');
    await keyboard.press('Enter');
    await desk.part('subscribers').getByText('bob').waitFor();
    await desk.page.locator('h1').focus();
    await keyboard.press('g');
    await keyboard.press('t');
    await desk.part('topics').getByText('news').waitFor();
  });

  it('is asked to sign in again where the session has ended, and loses nothing', async () => {
    await desk.toPage('send');
    await desk.part('send-users').fill('carol');
    await desk.context.clearCookies();
    await desk.part('send').click();
    await desk.part('sign-in-again').waitFor();
    await desk.signIn('admin', OWN);
    await desk.part('follow').waitFor();
    expect(await desk.part('send-users').inputValue()).toBe('carol');
  });

  it('sees the figures of a minute drawn, without being asked to look again', async () => {
    await desk.go();
    await desk.part('chart-rates').waitFor({ timeout: 100_000 });
    expect(await desk.part('chart-rates').getByRole('img').getAttribute('aria-label')).toMatch(
      /accepted: now .*, at most 0\.\d+\/s/,
    );
    expect(await faultsOf(desk.page)).toEqual(NO_FAULTS);
  });

  it.each<[string, Look, { width: number; height: number }]>([
    ['light, wide', {}, DESKTOP],
    ['dark', { colorScheme: 'dark' }, DESKTOP],
    ['Chinese, on a phone', { locale: 'zh-CN' }, NARROW],
    ['dark, on a phone', { colorScheme: 'dark' }, NARROW],
  ])('every page is readable: %s', async (_, look, size) => {
    const other = await ConsolePage.open(browser, server.url, size, look, desk.context);
    const places = [...PLACES, `/messages/${delivered}?user=ann`];
    const faults: Record<string, unknown> = {};
    for (const place of places) {
      await other.go(place);
      await other.page.locator('h1').waitFor();
      await other.page.waitForLoadState('networkidle');
      const found = await faultsOf(other.page);
      if (JSON.stringify(found) !== JSON.stringify(NO_FAULTS)) faults[place] = found;
    }
    expect(faults).toEqual({});
    expect([...other.complaints, ...(await other.violations())]).toEqual([]);
    await other.close();
  });

  it.each<[string, string, Look, { width: number; height: number }]>([
    ['overview', '', {}, DESKTOP],
    ['overview-dark', '', { colorScheme: 'dark' }, DESKTOP],
    ['story-zh', '/messages/DELIVERED?user=ann', { locale: 'zh-CN' }, DESKTOP],
    ['phone', '', {}, NARROW],
    ['phone-story-dark', '/messages/DELIVERED?user=ann', { colorScheme: 'dark' }, NARROW],
  ])('looks as the documentation shows it: %s', async (name, place, look, size) => {
    const other = await ConsolePage.open(browser, server.url, size, look, desk.context);
    await other.go(place.replace('DELIVERED', delivered));
    await other.page.locator('h1').waitFor();
    await shot(other, name);
    expect(other.complaints).toEqual([]);
    await other.close();
  });

  it('complained of nothing on the way, and broke no rule of the page’s policy', async () => {
    expect(desk.complaints).toEqual([]);
    expect(await desk.violations()).toEqual([]);
    await desk.part('sign-out').click();
    await desk.part('sign-in').waitFor();
  });
});
