import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { ServerProcess } from '../support/server.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What an identity provider of a tenant would issue. */
function issued(claims: object): string {
  const text = `${encode({ alg: 'EdDSA', kid: 'k1' })}.${encode({ exp: Math.floor(Date.now() / 1000) + 60, ...claims })}`;
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
}

describe('tenants of a server', () => {
  let server: ServerProcess;
  let issuer: Server;
  let issuerUrl: string;
  beforeAll(async () => {
    issuer = createServer((_, answer) => {
      answer.end(JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'EdDSA' }] }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const { port } = issuer.address() as AddressInfo;
    issuerUrl = `http://127.0.0.1:${port}`;
    server = await ServerProcess.start({ env: { PUSH_EGRESS_ALLOW: `127.0.0.1:${port}` } });
  });
  afterAll(async () => {
    issuer.close();
    await server.remove();
  });

  const admin = (method: string, route: string, body?: unknown, tenant?: string) =>
    server.call(method, route, {
      key: server.keys.adminKey,
      body,
      headers: tenant === undefined ? {} : { 'X-Tenant': tenant },
    });
  async function tenantWithKey(id: string, more: object = {}): Promise<string> {
    expect((await admin('POST', '/v1/tenants', { id, ...more })).status).toBe(201);
    return ((await admin('POST', '/v1/keys', { role: 'admin' }, id)).body as { key: string }).key;
  }
  const publish = (key: string) =>
    server.call('POST', '/v1/messages', { key, body: { to: { users: ['u'] }, type: 't', data: 1 } });
  const polled = (token: string) => server.call('GET', '/v1/poll?device=d&waitMs=0', { key: token });

  it('come in pages, with their limits and what they use', async () => {
    const limits = { publishesPerSecond: 50, weight: 3, retentionMs: 3_600_000 };
    const key = await tenantWithKey('acme', { name: 'Acme & Co', limits });
    await publish(key);
    const { status, body } = await server.call('GET', '/v1/tenants/acme', { key });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ id: 'acme', name: 'Acme & Co', limits, issuers: 0 },
      usage: {
        connections: 0,
        storedMessages: 1,
        publishes: { limit: expect.any(Number), remaining: expect.any(Number) },
      },
    });
    const first = await admin('GET', '/v1/tenants?limit=1');
    expect(first.body).toMatchObject({ tenants: [{ id: 'acme' }], next: 'acme' });
    expect((await admin('GET', '/v1/tenants?limit=1&after=acme')).body).toMatchObject({ tenants: [{ id: 'default' }] });
    const changed = await admin('PUT', '/v1/tenants/acme/limits', { recipientsPerMessage: 1 });
    expect(changed.body).toMatchObject({ limits: { recipientsPerMessage: 1 } });
    const two = { to: { users: ['u', 'v'] }, type: 't', data: 1 };
    expect((await server.call('POST', '/v1/messages', { key, body: two })).status).toBeGreaterThanOrEqual(400);
    expect((await admin('PUT', '/v1/tenants/acme/limits', { weight: 101 })).status).toBe(400);
    expect((await admin('GET', '/v1/tenants/nowhere')).status).toBe(404);
  });

  it('read and do not publish while they are suspended, and are told why', async () => {
    const key = await tenantWithKey('late-payer');
    await admin('POST', '/v1/tenants/late-payer/suspend', { reason: 'The bill is open' });
    const refused = await publish(key);
    expect([refused.status, refused.body]).toMatchObject([
      403,
      { code: 'TENANT_SUSPENDED', detail: expect.stringContaining('The bill is open') },
    ]);
    expect((await server.call('GET', '/v1/users/u/inbox', { key })).status).toBe(200);
    expect((await admin('GET', '/v1/tenants/late-payer')).body).toMatchObject({ suspendReason: 'The bill is open' });
    await admin('POST', '/v1/tenants/late-payer/resume');
    expect((await publish(key)).status).toBe(202);
  });

  it('are deleted with everything, when the id is said twice, and can be made anew', async () => {
    const key = await tenantWithKey('gone');
    await publish(key);
    expect((await admin('DELETE', '/v1/tenants/gone')).body).toMatchObject({ field: 'confirm' });
    expect((await admin('DELETE', '/v1/tenants/gone?confirm=acme')).body).toMatchObject({ field: 'confirm' });
    const { status, body } = await admin('DELETE', '/v1/tenants/gone?confirm=gone');
    expect([status, body]).toMatchObject([200, { finished: true, erased: { messages: 1, keys: 1 } }]);
    expect((await publish(key)).status).toBe(401);
    expect((await admin('GET', '/v1/tenants/gone')).status).toBe(404);
    const again = await tenantWithKey('gone');
    expect((await server.call('GET', '/v1/users/u/inbox', { key: again })).body).toMatchObject({ entries: [] });
  });

  it('rotate their keys: the old one is good until its end', async () => {
    const key = await tenantWithKey('rotating');
    const made = (await server.call('POST', '/v1/keys', { key, body: { role: 'publisher', name: 'CI' } })).body as {
      id: string;
      key: string;
    };
    const rotated = await server.call('POST', `/v1/keys/${made.id}/rotate`, { key, body: { overlapMs: 60_000 } });
    expect([rotated.status, rotated.body]).toMatchObject([
      201,
      { role: 'publisher', name: 'CI', key: expect.stringMatching(/^push_/) },
    ]);
    const next = rotated.body as { id: string; key: string };
    expect([(await publish(made.key)).status, (await publish(next.key)).status]).toEqual([202, 202]);
    const listed = (await server.call('GET', '/v1/keys', { key })).body as { keys: object[] };
    expect(listed.keys).toContainEqual(
      expect.objectContaining({ id: made.id, replacedBy: next.id, expiresAt: expect.any(Number) }),
    );
    expect(JSON.stringify(listed)).not.toMatch(/push_[0-9a-f]{12}_|hash/);
    expect((await server.call('POST', `/v1/keys/${made.id}/rotate`, { key })).status).toBe(400);

    await server.call('POST', `/v1/keys/${next.id}/rotate`, { key, body: { overlapMs: 0 } });
    expect((await publish(next.key)).status).toBe(401);
    const past = { role: 'reader', expiresAt: Date.now() - 1 };
    expect((await server.call('POST', '/v1/keys', { key, body: past })).body).toMatchObject({ field: 'expiresAt' });
  });

  it('rotate the secret of their client tokens: tokens from before are good until its end', async () => {
    const key = await tenantWithKey('secretive');
    const token = async () =>
      ((await server.call('POST', '/v1/tokens', { key, body: { user: 'u' } })).body as { token: string }).token;
    const before = await token();
    const rotated = await server.call('POST', '/v1/tenants/secretive/secrets', { key, body: { overlapMs: 60_000 } });
    expect([rotated.status, rotated.body]).toMatchObject([
      201,
      { rotatedAt: expect.any(Number), previousUntil: expect.any(Number) },
    ]);
    expect([(await polled(before)).status, (await polled(await token())).status]).toEqual([200, 200]);
    await server.call('POST', '/v1/tenants/secretive/secrets', { key, body: { overlapMs: 0 } });
    expect([(await polled(before)).status, (await polled(await token())).status]).toEqual([401, 200]);
  });

  it('let an issuer of their own make client tokens, for themselves and nobody else', async () => {
    const key = await tenantWithKey('federated');
    await tenantWithKey('bystander');
    const jwksUrl = `${issuerUrl}/jwks`;
    const put = (issuers: unknown) => server.call('PUT', '/v1/tenants/federated/issuers', { key, body: { issuers } });
    expect((await polled(issued({ sub: 'u', ten: 'federated', iss: issuerUrl }))).status).toBe(401);
    expect((await put([{ issuer: issuerUrl, jwksUrl }])).status).toBe(200);
    expect((await polled(issued({ sub: 'u', ten: 'federated', iss: issuerUrl }))).status).toBe(200);
    expect((await polled(issued({ sub: 'u', ten: 'bystander', iss: issuerUrl }))).status).toBe(401);
    expect((await admin('GET', '/v1/tenants/federated')).body).toMatchObject({ issuers: 1 });
    for (const inside of ['http://169.254.169.254/jwks', 'https://localhost/jwks', 'https://10.0.0.1/jwks'])
      expect((await put([{ issuer: 'x', jwksUrl: inside }])).body).toMatchObject({
        code: 'INVALID',
        field: 'issuers[0].jwksUrl',
      });
    expect((await put([{ issuer: 'x', jwksUrl, algorithms: ['HS256'] }])).status).toBe(400);
  });

  it('have nothing secret in the file of the database', async () => {
    const key = await tenantWithKey('careful');
    const secret = `whsec_${Buffer.from('canary secret of a webhook 0123456789').toString('base64')}`;
    const credentials = { url: `${issuerUrl}/hook`, secret };
    expect((await server.call('PUT', '/v1/tenants/careful/providers/webhook', { key, body: credentials })).status).toBe(
      200,
    );
    const seen = await server.call('GET', '/v1/tenants/careful/providers/webhook', { key });
    const files = readdirSync(server.dir).filter((name) => name.startsWith('push.db') && !name.endsWith('.keys'));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) expect(readFileSync(path.join(server.dir, name)).includes(secret)).toBe(false);
    expect(files.some((name) => readFileSync(path.join(server.dir, name)).includes('sealed:1:file-'))).toBe(true);
    expect(statSync(`${server.databaseFile}.keys`).mode & 0o077).toBe(0);

    await server.end();
    server = await ServerProcess.start({ dir: server.dir, keys: server.keys });
    const again = await server.call('GET', '/v1/tenants/careful/providers/webhook', { key });
    expect(again.body.fingerprint).toBe(seen.body.fingerprint);
  });

  it('may be without "default", which no later start brings back', async () => {
    expect((await admin('DELETE', '/v1/tenants/default?confirm=default')).status).toBe(200);
    await server.end();
    server = await ServerProcess.start({ dir: server.dir, keys: server.keys });
    const { tenants } = (await admin('GET', '/v1/tenants')).body as { tenants: { id: string }[] };
    expect(tenants.map(({ id }) => id)).not.toContain('default');
    expect(server.output).not.toContain('First start');
    expect((await admin('GET', '/v1/keys')).body).toMatchObject({ code: 'INVALID', field: 'X-Tenant' });
    expect((await admin('POST', '/v1/messages', { to: { users: ['u'] }, type: 't' })).body).toMatchObject({
      status: 400,
    });
    expect((await admin('GET', '/v1/keys', undefined, 'careful')).status).toBe(200);
  });
});
