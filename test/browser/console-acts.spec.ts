/** What an administrator does at the console and what comes of it at the server: a second factor, a provider, dead letters, a suspension, erasures. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { chromium, type Browser } from 'playwright-core';
import { FakeWebhook } from 'push-core/testing';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server.js';
import { DESKTOP } from './support/chat-page.js';
import { ConsolePage } from './support/console-page.js';
import { CHROMIUM, FLAGS } from './support/demo.js';

jest.setTimeout(120_000);

const PASSWORD = 'a sentence nobody guesses';
const secret = `whsec_${randomBytes(32).toString('base64')}`;

describe('at the console', () => {
  let receiver: FakeWebhook;
  let server: ServerProcess;
  let browser: Browser;
  let desk: ConsolePage;

  beforeAll(async () => {
    receiver = await FakeWebhook.listen({ secrets: [secret] });
    server = await ServerProcess.start({
      env: { PUSH_CONSOLE_PASSWORD: PASSWORD, PUSH_EGRESS_ALLOW: new URL(receiver.url).host },
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    desk = await ConsolePage.open(browser, server.url, DESKTOP);
    await desk.signIn('admin', PASSWORD);
    await desk.part('state').waitFor();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
    await receiver?.close();
  });

  const confirm = async (phrase?: string): Promise<void> => {
    if (phrase !== undefined) {
      expect(await desk.part('dialog-submit').isDisabled()).toBe(true);
      await desk.part('confirm-phrase').fill(phrase);
    }
    await desk.part('dialog-submit').click();
    await desk.part('dialog').waitFor({ state: 'detached' });
  };
  const offline = (user: string) =>
    server.publish(user, {}, { notification: { title: 'Ann', body: 'Hi!' }, options: { offline: { waitMs: 0 } } });

  it('an authenticator app becomes the second factor, and a recovery code stands in for it once', async () => {
    await desk.part('account-link').click();
    await desk.part('totp-start').click();
    const shown = await desk.part('totp-secret').innerText();
    const app = new TOTP({ secret: Secret.fromBase32(shown) });
    await desk.part('totp-code').fill('000000');
    await desk.part('totp-confirm').click();
    await desk.part('problem').waitFor();
    await desk.part('totp-code').fill(app.generate());
    await desk.part('totp-confirm').click();
    const codes = (await desk.part('recovery').locator('pre').innerText()).trim().split('\n');
    expect(codes).toHaveLength(10);

    const other = await ConsolePage.open(browser, server.url, DESKTOP);
    await other.signIn('admin', PASSWORD);
    await other.part('code').fill(codes[0] as string);
    await other.part('submit').click();
    await other.part('state').waitFor();
    await other.part('sign-out').click();
    await other.signIn('admin', PASSWORD);
    await other.part('code').fill(codes[0] as string);
    await other.part('submit').click();
    await other.part('problem').waitFor();
    expect(await other.part('state').count()).toBe(0);
    expect(other.complaints).toEqual([]);
    await other.close();
  });

  it('a provider is set up, checked and used; its secret is not shown again', async () => {
    await desk.toPage('providers');
    await desk.part('set-webhook').click();
    expect(await desk.part('dialog-submit').isDisabled()).toBe(true);
    await desk.part('credential-url').fill(`${receiver.url}/push`);
    await desk.part('credential-secret').fill(secret);
    await confirm();
    await desk.part('check-webhook').click();
    await desk.part('check-answer').waitFor();
    expect(await desk.part('check-answer').getAttribute('class')).toBe('provider-good');
    expect(await desk.page.content()).not.toContain(secret);

    await offline('bob');
    await eventually(() => receiver.received.some(({ data }) => data.user === 'bob'), 20_000);
  });

  it('a dead letter says why it died, and is replayed', async () => {
    // Read, and then no answer: nobody knows whether it was shown, so it is not tried for ever.
    receiver.misbehave({ kind: 'reset' }, 2);
    const id = await offline('cat');
    await eventually(async () => {
      const { body } = await server.call('GET', '/v1/notifications/dead', { key: server.keys.adminKey });
      return (body as { notifications: unknown[] }).notifications.length === 1;
    }, 20_000);
    await desk.toPage('dead');
    await desk.part('dead').getByText('cat').waitFor();
    expect(await desk.part('dead').innerText()).toContain('webhook');
    await desk.part('replay-all').click();
    await confirm();
    await desk.part('empty').waitFor();
    await eventually(() => receiver.received.some(({ data }) => data.messageId === id), 20_000);
  });

  it('a suspended tenant takes nothing, with the reason, until it is resumed', async () => {
    const admin = (method: string, path: string, body?: unknown) =>
      server.call(method, path, { key: server.keys.adminKey, body });
    await admin('POST', '/v1/tenants', { id: 'acme' });
    const headers = { 'X-Tenant': 'acme' };
    const made = await server.call('POST', '/v1/keys', {
      key: server.keys.adminKey,
      headers,
      body: { role: 'publisher' },
    });
    const { key } = made.body as { key: string };
    const publish = async () =>
      (await server.call('POST', '/v1/messages', { key, body: { to: { users: ['dan'] }, type: 't' } })).status;
    expect(await publish()).toBe(202);

    await desk.toPage('tenants');
    await desk.part('tenant-acme').click();
    await desk.part('suspend').click();
    await desk.part('suspend-reason').fill('unpaid <b>bill</b>');
    await confirm();
    await desk.page.getByText('unpaid <b>bill</b>', { exact: true }).waitFor();
    expect(await publish()).toBe(403);
    await desk.part('resume').click();
    await desk.part('suspend').waitFor();
    expect(await publish()).toBe(202);
  });

  it('a tenant is erased once its name was typed, and is gone', async () => {
    await desk.part('delete-tenant').click();
    await confirm('acme');
    await desk.part('tenants').waitFor();
    await desk.part('tenant-acme').waitFor({ state: 'detached' });
    expect((await server.call('GET', '/v1/tenants/acme', { key: server.keys.adminKey })).status).toBe(404);
  });

  it('a user is erased, and the page says what that was', async () => {
    await server.call('PUT', '/v1/users/eve/devices/phone', { body: { platform: 'other', tokens: [] } });
    await server.publish('eve', { text: 'of eve' });
    await desk.go('/users/eve');
    await desk.part('erase').click();
    await confirm('eve');
    await desk.part('erased').waitFor();
    const { body } = await server.call('GET', '/v1/users/eve/devices');
    expect(body).toEqual({ devices: [] });
    await desk.part('devices').getByText('No device is registered').waitFor();
  });

  it('all of it is in the audit log, under the name of who did it', async () => {
    await desk.toPage('audit');
    const log = desk.part('audit');
    await log.waitFor();
    for (const action of [
      'confirmTotp',
      'putProvider',
      'replayDeadNotifications',
      'suspendTenant',
      'deleteTenant',
      'eraseUser',
    ])
      await log.getByText(action).first().waitFor();
    expect(await log.innerText()).toContain('admin');
    expect(desk.complaints).toEqual([]);
    expect(await desk.violations()).toEqual([]);
  });
});
