import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { WebSocket } from 'ws';
import { firstStartText } from '../../apps/standalone/src/accounts/first-start.js';
import type { RunningServer } from '../../apps/standalone/src/server.js';
import { ADMIN_KEY, ConsoleBrowser, consoleServer } from './support/console-browser.js';

const PASSWORD = 'correct horse battery';
let server: RunningServer;
const browser = () => new ConsoleBrowser(server.url);

async function asAdmin(method: string, path: string, body?: unknown, tenant?: string) {
  const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'X-Tenant': tenant, 'X-Push-Console': undefined };
  return browser().call(method, path, { body, headers });
}

/** Somebody with a password of their own, signed in. */
async function somebody(name: string, role: string, tenant = '*'): Promise<ConsoleBrowser> {
  const { body: made } = await asAdmin('POST', '/v1/people', { name, role, tenant });
  const one = browser();
  expect((await one.signIn(name, made.password)).status).toBe(200);
  const change = { current: made.password, next: `${PASSWORD} of one` };
  expect((await one.call('POST', '/console/password', { body: change })).status).toBe(204);
  return one;
}

beforeAll(async () => {
  server = await consoleServer({ PUSH_CONSOLE_PASSWORD: PASSWORD });
  for (const id of ['acme', 'other']) await asAdmin('POST', '/v1/tenants', { id });
});
afterAll(() => server.close());

describe('a session', () => {
  it('opens the API to the console’s pages, until its end', async () => {
    const one = browser();
    expect((await one.call('GET', '/console/session')).body).toEqual({ signedIn: false, methods: { local: true } });
    expect((await one.call('GET', '/v1/tenants')).status).toBe(401);
    expect((await one.signIn('Admin', PASSWORD)).body).toEqual({ next: 'done' });
    expect((await one.call('GET', '/console/session')).body).toMatchObject({
      signedIn: true,
      person: { name: 'admin', role: 'admin', tenant: '*', totp: false, mustChangePassword: false },
    });
    expect((await one.call('GET', '/v1/tenants')).status).toBe(200);
    const { cookie } = one;
    expect((await one.call('POST', '/console/sign-out')).status).toBe(204);
    expect(one.jar.size).toBe(0);
    expect((await one.call('GET', '/v1/tenants', { headers: { Cookie: cookie } })).status).toBe(401);
  });

  it('lives in a cookie that scripts and other sites do not get, over https under a name that nobody else can set', async () => {
    const one = browser();
    await one.signIn('admin', PASSWORD);
    expect(one.set[0]).toMatch(
      /^push_session=push_session_[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
    );
    const safe = browser();
    await safe.call('POST', '/console/sign-in', {
      body: { name: 'admin', password: PASSWORD },
      headers: { 'X-Forwarded-Proto': 'https' },
    });
    expect(safe.set[0]).toMatch(/^__Host-push_session=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/);
    expect((await safe.call('GET', '/v1/tenants')).status).toBe(200);
  });

  it('is a new one after every sign-in: one that was planted before is worth nothing', async () => {
    const one = browser();
    await one.signIn('admin', PASSWORD);
    const before = one.cookie;
    await one.signIn('admin', PASSWORD);
    expect(one.cookie).not.toBe(before);
    expect((await one.call('GET', '/v1/tenants', { headers: { Cookie: before } })).status).toBe(401);
  });

  const FOREIGN: [string, Record<string, string | undefined>][] = [
    ['without the console’s header', { 'X-Push-Console': undefined }],
    ['from another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['from a neighbour of the same site', { 'Sec-Fetch-Site': 'same-site' }],
    ['with another origin', { 'Sec-Fetch-Site': undefined, Origin: 'https://evil.example' }],
    ['with the origin null', { 'Sec-Fetch-Site': undefined, Origin: 'null' }],
    ['with an origin on another port', { 'Sec-Fetch-Site': undefined, Origin: 'http://127.0.0.1:1' }],
  ];
  it.each(FOREIGN)('is nothing to a call %s', async (_name, headers) => {
    const one = browser();
    await one.signIn('admin', PASSWORD);
    for (const [method, path, body] of [
      ['GET', '/v1/tenants', undefined],
      ['POST', '/v1/messages', { to: { users: ['u'] }, type: 'x' }],
      ['DELETE', '/v1/keys/some', undefined],
    ] as const)
      expect([path, (await one.call(method, path, { body, headers })).status]).toEqual([path, 401]);
    expect((await one.call('GET', '/console/session', { headers })).body.signedIn).toBe(false);
    for (const [path, body] of [
      ['/console/sign-out', undefined],
      ['/console/password', { current: PASSWORD, next: 'another one altogether' }],
      ['/console/totp', undefined],
      ['/console/sign-in', { name: 'admin', password: PASSWORD }],
    ] as const)
      expect([path, (await one.call('POST', path, { body, headers })).status]).toEqual([path, 403]);
    // Nothing of it did anything.
    expect((await one.call('GET', '/v1/tenants')).status).toBe(200);
  });

  it('never speaks over a key that came with the call', async () => {
    const one = browser();
    await one.signIn('admin', PASSWORD);
    expect((await one.call('GET', '/v1/tenants', { headers: { Authorization: 'Bearer push_wrong' } })).status).toBe(
      401,
    );
  });

  it('connects no device: not a WebSocket, not a stream, not a poll', async () => {
    const one = browser();
    await one.signIn('admin', PASSWORD);
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/ws`, 'push.v1.json', {
      headers: { Cookie: one.cookie, 'X-Push-Console': '1', Origin: server.url },
    });
    const closed = new Promise<number>((resolve, reject) => {
      socket.on('open', () => socket.send(JSON.stringify({ op: 'connect', device: 'd1' })));
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as { op: string; code?: number };
        if (frame.op === 'connected') reject(new Error('connected'));
      });
      socket.on('close', resolve);
      socket.on('error', () => resolve(0));
    });
    expect([0, 1006, 3500, 3503, 3504]).toContain(await closed);
    for (const path of ['/v1/sse?device=d1', '/v1/poll?device=d1'])
      expect((await one.call('GET', path)).status).toBe(401);
    expect((await one.call('POST', '/v1/tickets', { body: {} })).status).toBe(401);
  });
});

describe('signing in', () => {
  it('answers a wrong name as a wrong password, in about the same time', async () => {
    const times: Record<string, number[]> = { admin: [], nobody: [] };
    const bodies: unknown[] = [];
    for (let round = 0; round < 2; round++)
      for (const name of ['admin', 'nobody']) {
        const began = performance.now();
        const answer = await browser().signIn(name, 'wrong password, this one');
        times[name]?.push(performance.now() - began);
        expect(answer.status).toBe(401);
        bodies.push(answer.body);
      }
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    // argon2 takes tens of milliseconds; a look at the name alone takes one.
    expect(Math.min(...(times.nobody ?? []))).toBeGreaterThan(Math.min(...(times.admin ?? [])) / 4);
    await browser().signIn('admin', PASSWORD);
  });

  it('makes whoever guesses wait, for that name alone', async () => {
    await asAdmin('POST', '/v1/people', { name: 'guessed', role: 'reader', password: `${PASSWORD}!` });
    const statuses: number[] = [];
    for (let tries = 0; tries < 6; tries++)
      statuses.push((await browser().signIn('guessed', 'wrong wrong wrong')).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    const refused = await browser().signIn('guessed', `${PASSWORD}!`);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await browser().signIn('admin', PASSWORD)).status).toBe(200);
  });

  it('opens nothing to a password that somebody else made, until it is changed', async () => {
    const { body: made } = await asAdmin('POST', '/v1/people', { name: 'fresh', role: 'admin' });
    const one = browser();
    await one.signIn('fresh', made.password);
    expect((await one.call('GET', '/console/session')).body.person.mustChangePassword).toBe(true);
    const refused = await one.call('GET', '/v1/tenants');
    expect([refused.status, refused.body.code]).toEqual([403, 'NOT_ALLOWED']);
    for (const next of ['short', 'fresh fresh fresh', 'aaaaaaaaaaaaaa', made.password])
      expect((await one.call('POST', '/console/password', { body: { current: made.password, next } })).status).toBe(
        400,
      );
    const other = browser();
    await other.signIn('fresh', made.password);
    const body = { current: made.password, next: `${PASSWORD} indeed` };
    expect((await one.call('POST', '/console/password', { body })).status).toBe(204);
    expect((await one.call('GET', '/v1/tenants')).status).toBe(200);
    expect((await other.call('GET', '/console/session')).body.signedIn).toBe(false);
    expect((await browser().signIn('fresh', made.password)).status).toBe(401);
  });

  it('with an authenticator app takes each code once, and recovery codes once', async () => {
    const one = await somebody('careful', 'reader');
    const { secret, url } = (await one.call('POST', '/console/totp')).body;
    expect(url).toContain('otpauth://totp/nest-push:careful');
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    const codeAt = (steps: number) => totp.generate({ timestamp: Date.now() + steps * 30_000 });
    expect((await one.call('POST', '/console/totp/confirm', { body: { code: '000000' } })).status).toBe(403);
    const confirmed = await one.call('POST', '/console/totp/confirm', { body: { code: codeAt(-1) } });
    expect(confirmed.body.recoveryCodes).toHaveLength(10);

    const again = browser();
    const password = `${PASSWORD} of one`;
    expect((await again.signIn('careful', password)).body).toEqual({ next: 'totp' });
    expect((await again.call('GET', '/console/session')).body.signedIn).toBe(false);
    expect((await again.signIn('careful', password, codeAt(-1))).status).toBe(401);
    const code = codeAt(0);
    expect((await again.signIn('careful', password, code)).status).toBe(200);
    expect((await browser().signIn('careful', password, code)).status).toBe(401);
    expect((await browser().signIn('careful', password, codeAt(9))).status).toBe(401);

    const [recovery = ''] = confirmed.body.recoveryCodes as string[];
    expect((await browser().signIn('careful', password, recovery.toUpperCase())).status).toBe(200);
    expect((await browser().signIn('careful', password, recovery)).status).toBe(401);
    const [, second = ''] = confirmed.body.recoveryCodes as string[];
    expect((await again.call('POST', '/console/totp/remove', { body: { code: second } })).status).toBe(204);
    expect((await browser().signIn('careful', password)).body).toEqual({ next: 'done' });
  });
});

describe('somebody who signed in', () => {
  it('may do what their role says, on their tenant alone', async () => {
    const reader = await somebody('reader', 'reader', 'acme');
    const publisher = await somebody('publisher', 'publisher', 'acme');
    const admin = await somebody('tenant-admin', 'admin', 'acme');
    const publish = { to: { users: ['u'] }, type: 'x' };
    const status = async (one: ConsoleBrowser, method: string, path: string, body?: unknown, tenant?: string) =>
      (await one.call(method, path, { body, headers: { 'X-Tenant': tenant } })).status;

    expect(await status(reader, 'GET', '/v1/users/u/devices')).toBe(200);
    expect(await status(reader, 'POST', '/v1/messages', publish)).toBe(403);
    expect(await status(publisher, 'POST', '/v1/messages', publish, 'acme')).toBe(202);
    expect(await status(publisher, 'GET', '/v1/keys')).toBe(403);
    expect(await status(admin, 'GET', '/v1/keys')).toBe(200);
    for (const path of ['/v1/tenants', '/v1/people', '/v1/stats']) expect(await status(admin, 'GET', path)).toBe(403);
    for (const one of [reader, publisher, admin])
      for (const tenant of ['other', 'default', 'nowhere'])
        expect(await status(one, 'GET', '/v1/users/u/devices', undefined, tenant)).toBe(404);
    expect(await status(admin, 'GET', '/v1/tenants/other/providers')).toBe(404);
    expect(await status(admin, 'GET', '/v1/audit?tenant=other')).toBe(404);
  });

  it('is out at once when they are disabled, changed or removed', async () => {
    for (const change of [{ disabled: true }, { role: 'publisher' }, undefined]) {
      const name = `leaving-${JSON.stringify(change)?.length ?? 0}`;
      const one = await somebody(name, 'reader');
      const { id } = (await one.call('GET', '/console/session')).body.person;
      if (change) expect((await asAdmin('PUT', `/v1/people/${id}`, change)).status).toBe(200);
      else expect((await asAdmin('DELETE', `/v1/people/${id}`)).status).toBe(204);
      expect((await one.call('GET', '/v1/users/u/devices')).status).toBe(401);
    }
    expect((await browser().signIn('leaving-17', `${PASSWORD} of one`)).status).toBe(401);
  });

  it('does not shut out the last administrator: nobody changes themselves', async () => {
    const one = browser();
    await one.signIn('admin', PASSWORD);
    const { id } = (await one.call('GET', '/console/session')).body.person;
    for (const body of [{ disabled: true }, { role: 'reader' }, { tenant: 'acme' }])
      expect((await one.call('PUT', `/v1/people/${id}`, { body })).status).toBe(403);
    expect((await one.call('DELETE', `/v1/people/${id}`)).status).toBe(403);
  });
});

describe('the audit log', () => {
  it('tells who did what, and holds no secret, no body and no user’s id', async () => {
    const one = await somebody('auditor-seen', 'admin', 'acme');
    await one.call('POST', '/v1/keys', { body: { role: 'reader' } });
    await one.call('POST', '/v1/users/canary-user/disconnect');
    await one.call('POST', '/v1/messages', { body: { to: { users: ['u'] }, type: 'x', data: 'canary-body' } });
    await one.call('DELETE', '/v1/keys/nothing');
    await browser().signIn('auditor-seen', 'canary-password 1');
    await browser().signIn('canary-name-typed', 'x');
    const { body } = await one.call('GET', '/v1/audit?limit=1000');
    const acts = body.entries.map((entry: any) => [entry.actor.name, entry.action, entry.outcome, entry.tenant]);
    for (const act of [
      ['auditor-seen', 'signIn', 'ok', 'acme'],
      ['auditor-seen', 'signIn', 'UNAUTHORIZED', 'acme'],
      ['auditor-seen', 'changePassword', 'ok', 'acme'],
      ['auditor-seen', 'createKey', 'ok', 'acme'],
      ['auditor-seen', 'disconnect', 'ok', 'acme'],
      ['auditor-seen', 'publish', 'ok', 'acme'],
      ['auditor-seen', 'removeKey', 'NOT_FOUND', 'acme'],
    ])
      expect(acts).toContainEqual(act);
    expect(new Set(body.entries.map((entry: any) => entry.tenant))).toEqual(new Set(['acme']));
    const all = await asAdmin('GET', '/v1/audit/export');
    expect(all.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    expect(all.body).toContain('"action":"createTenant"');
    expect(all.body).toContain('"action":"addPerson"');
    expect(all.body).not.toMatch(/canary|correct horse|push_session_|push_[0-9a-f]{12}_/);
    const user = body.entries.find((entry: any) => entry.action === 'disconnect');
    expect(user.target).toMatch(/^user=#[\w-]{16}$/);
  });

  it('comes page by page, newest first, and is exported oldest first', async () => {
    const first = (await asAdmin('GET', '/v1/audit?limit=2')).body;
    const second = (await asAdmin('GET', `/v1/audit?limit=2&before=${first.next}`)).body;
    const ids = [...first.entries, ...second.entries].map(({ id }: { id: string }) => id);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(new Set(ids).size).toBe(4);
    const lines = (await asAdmin('GET', '/v1/audit/export')).body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line));
    const exported = lines.map(({ id }: { id: string }) => id);
    expect(exported).toEqual([...exported].sort());
    expect((await asAdmin('GET', '/v1/audit?action=auditExport')).body.entries.length).toBeGreaterThan(0);
  });
});

describe('the first start', () => {
  it('makes somebody who may sign in, with a password that has to be changed, on this machine alone', async () => {
    const fresh = await consoleServer();
    const { password = '' } = fresh.freshKeys;
    expect(password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
    expect(firstStartText(fresh.freshKeys, fresh.url)).toContain(
      `Console: ${fresh.url}/console  user admin, password ${password}`,
    );
    const one = new ConsoleBrowser(fresh.url);
    expect((await one.signIn('admin', password)).status).toBe(200);
    expect((await one.call('GET', '/console/session')).body.person.mustChangePassword).toBe(true);
    await fresh.close();

    const open = await consoleServer({ PUSH_HOST: '0.0.0.0' });
    expect(open.freshKeys.password).toBeUndefined();
    await open.close();
  });

  it('with the console off has no way in for people', async () => {
    const off = await consoleServer({ PUSH_CONSOLE: 'off', PUSH_CONSOLE_PASSWORD: PASSWORD });
    const one = new ConsoleBrowser(off.url);
    for (const at of ['/console', '/console/session', '/v1/people'])
      expect([at, (await one.call('GET', at)).status]).toEqual([at, 404]);
    expect((await one.signIn('admin', PASSWORD)).status).toBe(404);
    await off.close();
  });

  it('where codes are required opens nothing to a password alone', async () => {
    const strict = await consoleServer({ PUSH_CONSOLE_TOTP: 'required', PUSH_CONSOLE_PASSWORD: PASSWORD });
    const one = new ConsoleBrowser(strict.url);
    expect((await one.signIn('admin', PASSWORD)).status).toBe(200);
    expect((await one.call('GET', '/console/session')).body.person.mustSetUpTotp).toBe(true);
    expect((await one.call('GET', '/v1/tenants')).status).toBe(403);
    const { secret } = (await one.call('POST', '/console/totp')).body;
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    expect((await one.call('POST', '/console/totp/confirm', { body: { code } })).status).toBe(200);
    expect((await one.call('GET', '/v1/tenants')).status).toBe(200);
    await strict.close();
  });
});
