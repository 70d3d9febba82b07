import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { ConsoleBrowser } from '../security/support/console-browser.js';
import { OwnProcess } from '../services/own-process.js';
import { steadyPort } from '../services/ports.js';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server.js';

let provider: OwnProcess;
let issuer: string;
let server: ServerProcess;

/** What the provider does from now on. */
const control = (wish: { account: string; claims?: object; spoil?: string }) =>
  fetch(`${issuer}/control`, { method: 'POST', body: JSON.stringify(wish) });

beforeAll(async () => {
  const port = await steadyPort();
  const script = path.resolve(__dirname, '../support/oidc-provider.mjs');
  provider = OwnProcess.start(process.execPath, [script, `http://127.0.0.1:${port}/console/oidc/callback`]);
  const found = () => /listening on (\S+)/.exec(provider.output)?.[1];
  await eventually(() => found() !== undefined, 30_000);
  issuer = found() ?? '';
  server = await ServerProcess.start({
    port,
    env: {
      PUSH_PUBLIC_URL: `http://127.0.0.1:${port}`,
      PUSH_OIDC_ISSUER: issuer,
      PUSH_OIDC_CLIENT_ID: 'push',
      PUSH_OIDC_CLIENT_SECRET: 'secret-of-the-client',
      PUSH_OIDC_ROLES: 'groups=push-admins:admin,default-readers:reader@default',
    },
  });
});
afterAll(async () => {
  await server?.remove();
  await provider?.kill9();
});

/** Goes to the provider and through it, as a browser would, up to the address it is sent back to. */
async function comeBack(browser: ConsoleBrowser): Promise<string> {
  const start = await browser.call('GET', '/console/oidc/start', { headers: { 'X-Push-Console': undefined } });
  expect(start.status).toBe(302);
  let next = start.headers.get('location') ?? '';
  const jar = new Map<string, string>();
  for (let steps = 0; steps < 10; steps++) {
    const url = new URL(next, issuer);
    if (url.origin === server.url) return url.pathname + url.search;
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    next = answer.headers.get('location') ?? '';
    if (next === '') throw new Error(`the provider answered ${answer.status} ${await answer.text()}`);
  }
  throw new Error('never came back');
}

const finish = (browser: ConsoleBrowser, address: string) =>
  browser.call('GET', address, { headers: { 'X-Push-Console': undefined, 'Sec-Fetch-Site': 'cross-site' } });

async function signIn(browser = new ConsoleBrowser(server.url)) {
  const answer = await finish(browser, await comeBack(browser));
  const { body } = await browser.call('GET', '/console/session');
  return { location: answer.headers.get('location'), session: body, browser };
}

describe('signing in at an OpenID provider', () => {
  beforeEach(() =>
    control({ account: 'ann', claims: { groups: ['push-admins'], email: 'ann@example.com', email_verified: true } }),
  );

  it('lets in whom the claims map to a role, as that, and reads it anew every time', async () => {
    const first = await signIn();
    expect(first.location).toBe('/console');
    expect(first.session).toMatchObject({
      signedIn: true,
      methods: { local: true, oidc: { name: '127.0.0.1' } },
      person: { name: 'ann@example.com', role: 'admin', tenant: '*', mustChangePassword: false },
    });
    expect((await first.browser.call('GET', '/v1/tenants')).status).toBe(200);

    await control({
      account: 'ann',
      claims: { groups: ['default-readers'], email: 'ann@example.com', email_verified: true },
    });
    const second = await signIn();
    expect(second.session.person).toMatchObject({ id: first.session.person.id, role: 'reader', tenant: 'default' });

    await control({ account: 'ann', claims: { groups: [], email: 'ann@example.com', email_verified: true } });
    expect(await signIn()).toMatchObject({ location: '/console?problem=oidc-stranger', session: { signedIn: false } });
  });

  it('lets in nobody who has no role and whom nobody added', async () => {
    await control({ account: 'eve', claims: { email: 'eve@example.com', email_verified: true, groups: ['others'] } });
    expect(await signIn()).toMatchObject({ location: '/console?problem=oidc-stranger', session: { signedIn: false } });
  });

  it('knows somebody whom an administrator added by a verified address, and by no other', async () => {
    const body = { name: 'Bob@Example.com', role: 'publisher', tenant: 'default' };
    const added = await server.call('POST', '/v1/people', { body, key: server.keys.adminKey });
    expect([added.status, added.body.name, added.body.password]).toEqual([201, 'bob@example.com', undefined]);
    await control({ account: 'bob', claims: { email: 'bob@example.com', email_verified: false } });
    expect((await signIn()).session.signedIn).toBe(false);
    await control({ account: 'bob', claims: { email: 'bob@example.com', email_verified: true } });
    expect((await signIn()).session.person).toMatchObject({ name: 'bob@example.com', role: 'publisher' });
    // Somebody else who has the address now is not Bob.
    await control({
      account: 'not-bob',
      claims: { email: 'bob@example.com', email_verified: true, groups: ['push-admins'] },
    });
    expect((await signIn()).session.signedIn).toBe(false);
  });

  it.each(['issuer', 'audience', 'nonce', 'expired', 'signature'])(
    'refuses an id token with a wrong %s',
    async (spoil) => {
      await control({ account: 'ann', claims: { groups: ['push-admins'] }, spoil });
      expect(await signIn()).toMatchObject({ location: '/console?problem=oidc-refused', session: { signedIn: false } });
    },
  );

  it('refuses another state, another browser, another issuer’s answer, and a code that was used', async () => {
    const attempts: [string, (address: string) => string][] = [
      ['state', (address) => address.replace(/state=[^&]+/, 'state=of-another')],
      ['issuer', (address) => address.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Felsewhere.example')],
      ['no state', (address) => address.replace(/&?state=[^&]+/, '')],
      ['code', (address) => address.replace(/code=[^&]+/, 'code=made-up')],
    ];
    for (const [what, change] of attempts) {
      const browser = new ConsoleBrowser(server.url);
      const address = await comeBack(browser);
      expect(change(address)).not.toBe(address);
      const answer = await finish(browser, change(address));
      expect([what, answer.headers.get('location')]).toEqual([what, '/console?problem=oidc-refused']);
    }
    const victim = new ConsoleBrowser(server.url);
    const stolen = await comeBack(victim);
    const thief = new ConsoleBrowser(server.url);
    expect((await finish(thief, stolen)).headers.get('location')).toBe('/console?problem=oidc-refused');
    await comeBack(thief);
    expect((await finish(thief, stolen)).headers.get('location')).toBe('/console?problem=oidc-refused');

    const browser = new ConsoleBrowser(server.url);
    const address = await comeBack(browser);
    const { cookie } = browser;
    expect((await finish(browser, address)).headers.get('location')).toBe('/console');
    const again = await browser.call('GET', address, { headers: { Cookie: cookie } });
    expect(again.headers.get('location')).toBe('/console?problem=oidc-refused');
  });

  it('says when the person declined, and shows no secret anywhere', async () => {
    const browser = new ConsoleBrowser(server.url);
    const state = /state=([^&]+)/.exec(await comeBack(browser))?.[1];
    const declined = await finish(browser, `/console/oidc/callback?error=access_denied&state=${state}`);
    expect(declined.headers.get('location')).toBe('/console?problem=oidc-refused');
    expect(server.output).not.toMatch(/secret-of-the-client|push_session_|code=/);
  });
});
