import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ServerProcess } from '../support/server.js';

const MAIN = path.resolve(__dirname, '../../apps/standalone/dist/main.js');
const ADMIN_KEY = 'a'.repeat(40);
/** What answers whoever comes, on a server with nothing configured. */
const OPEN = [
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/console/session',
  '/console',
  '/console/',
  '/console/{path}',
];
const REFUSED = [302, 400, 401, 403, 404, 422];

/** Runs the server until it ends, or until it listens. */
async function start(env: Record<string, string>): Promise<{ code: number | null; out: string; err: string }> {
  const dir = mkdtempSync(path.join(tmpdir(), 'push-defaults-'));
  const child = spawn(process.execPath, [MAIN], {
    cwd: dir,
    env: { PATH: process.env.PATH, PUSH_PORT: '0', PUSH_DATABASE_URL: `sqlite:${path.join(dir, 'push.db')}`, ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString();
    if (out.includes('nest-push is listening')) child.kill('SIGTERM');
  });
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  rmSync(dir, { recursive: true });
  return { code, out, err };
}

describe('a server that was started with nothing configured', () => {
  let server: ServerProcess;
  let routes: { method: string; route: string }[];
  beforeAll(async () => {
    server = await ServerProcess.start();
    const { body } = await server.call('GET', '/openapi.json', { key: null });
    routes = Object.entries((body as { paths: Record<string, object> }).paths).flatMap(([route, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), route })),
    );
  });
  afterAll(() => server.remove());

  const ask = async (method: string, route: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(server.url + route.replaceAll(/\{\w+\}/g, 'some'), {
      method,
      headers,
      redirect: 'manual',
    });
    return { answer, text: await answer.text() };
  };

  it('listens on this machine alone', () => {
    expect(server.output).toMatch(/listening on http:\/\/127\.0\.0\.1:/);
  });

  it('answers strangers nothing but health, figures, the description and the way to sign in', async () => {
    expect(routes.length).toBeGreaterThan(50);
    const answered: string[] = [];
    for (const { method, route } of routes) {
      const { status } = (await ask(method, route)).answer;
      if (status < 300) answered.push(route);
      else if (!REFUSED.includes(status)) answered.push(`${method} ${route} with ${status}`);
    }
    expect(answered.filter((route) => !OPEN.includes(route))).toEqual([]);
    expect(answered).toEqual(expect.arrayContaining(['/healthz', '/readyz', '/metrics', '/openapi.json']));
  });

  it('knows none of the keys one would try first', async () => {
    for (const key of ['admin', 'default', 'password', 'changeme', 'push_admin_', 'undefined', 'null', '', ' ']) {
      const { answer } = await ask('GET', '/v1/tenants', { Authorization: `Bearer ${key}` });
      expect([key, answer.status]).toEqual([key, 401]);
    }
    for (const [name, password] of [
      ['admin', 'admin'],
      ['admin', ''],
      ['admin', 'password'],
    ]) {
      const answer = await fetch(`${server.url}/console/sign-in`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Push-Console': '1' },
        body: JSON.stringify({ name, password }),
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
  });

  it('opens itself to no page elsewhere, and tells nothing of what it is made of', async () => {
    const elsewhere = { Origin: 'https://elsewhere.example' };
    const tried = [
      ...routes,
      { method: 'GET', route: '/nowhere' },
      { method: 'GET', route: '/v1/users/%E0%A4%A/inbox' },
    ];
    for (const { method, route } of tried) {
      const { answer, text } = await ask(method, route, elsewhere);
      expect([route, answer.headers.get('access-control-allow-origin')]).toEqual([route, null]);
      expect([route, answer.headers.get('x-powered-by'), answer.headers.get('server')]).toEqual([route, null, null]);
      expect([route, /\n\s+at |node_modules|\.[jt]s:\d+/.exec(text)?.[0]]).toEqual([route, undefined]);
    }
  });
});

describe('a server on an address that others reach', () => {
  it.each(['0.0.0.0', '::', '0'])('refuses to start without credentials, and says what to do: %s', async (host) => {
    const { code, out, err } = await start({ PUSH_HOST: host });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^PUSH_ADMIN_KEY: .*openssl rand -hex 32.*PUSH_HOST=127\.0\.0\.1/);
  });

  it('starts with an admin key, and prints none', async () => {
    const { code, out } = await start({ PUSH_HOST: '0.0.0.0', PUSH_ADMIN_KEY: ADMIN_KEY });
    expect(code).toBe(0);
    expect(out).not.toContain('push_admin_');
    expect(out).not.toContain(ADMIN_KEY);
  });

  it('starts on a database that has an admin key from before', async () => {
    const first = await ServerProcess.start();
    await first.end();
    const again = await ServerProcess.start({ dir: first.dir, keys: first.keys, env: { PUSH_HOST: '0.0.0.0' } });
    expect((await again.call('GET', '/v1/tenants', { key: first.keys.adminKey })).status).toBe(200);
    await again.remove();
  });
});

it('shows its figures only to whoever says the token, where there is one', async () => {
  const server = await ServerProcess.start({ env: { PUSH_METRICS_TOKEN: 'm'.repeat(32) } });
  const status = async (key: string | null, route = '/metrics') =>
    (await fetch(server.url + route, { headers: key === null ? {} : { Authorization: `Bearer ${key}` } })).status;
  expect([await status(null), await status('wrong'), await status('m'.repeat(32))]).toEqual([401, 401, 200]);
  expect([await status(null, '/METRICS/'), await status(null, '/metrics?x=1'), await status(null, '/healthz')]).toEqual(
    [401, 401, 200],
  );
  await server.remove();
});
