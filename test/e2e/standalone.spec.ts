import { describe, expect, it, jest } from '@jest/globals';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import WebSocket from 'ws';
import type { ByeFrame } from 'push-core/wire';
import { RawClient } from '../support/raw-client.js';
import { ServerProcess, runToEnd } from '../support/server.js';

// Each test starts the process at least once, on a machine that may be busy.
jest.setTimeout(90_000);

describe('the configuration', () => {
  it('is judged whole: every mistake named with its variable and the remedy, exit 2', async () => {
    const { code, out, err } = await runToEnd({
      PUSH_PORT: '99999',
      PUSH_HOST: 'not a host',
      PUSH_DATABASE_URL: 'postgres://user:geheim@db',
      PUSH_DATABASE_CONNECTIONS: 'many',
      PUSH_BROKER_URL: 'guest:guest@localhost',
      PUSH_BROKER_STARTUP: 'later',
      PUSH_ADMIN_KEY: 'too short',
      PUSH_ROLES: 'api,painter',
      PUSH_ALLOWED_ORIGINS: 'https://ok.example,https://bad.example/path,*',
      PUSH_METRICS: 'yes',
      PUSH_LOG_LEVEL: 'loud',
      PUSH_EGRESS_ALLOW: '10.0.0.0/33',
      PUSH_PROT: '1',
    });
    expect(code).toBe(2);
    expect(out).toBe('');
    for (const [name, remedy] of Object.entries({
      PUSH_PORT: '0 to 65535',
      PUSH_HOST: '127.0.0.1',
      PUSH_DATABASE_URL: 'names no database; write postgres://user:password@host/database',
      PUSH_DATABASE_CONNECTIONS: '2 to 1000',
      PUSH_BROKER_URL: 'use amqp://',
      PUSH_BROKER_STARTUP: 'wait, degraded, fail',
      PUSH_ADMIN_KEY: 'openssl rand -hex 32',
      PUSH_ROLES: 'api, gateway, worker',
      PUSH_ALLOWED_ORIGINS: 'scheme://host[:port]',
      PUSH_METRICS: '"on" nor "off"',
      PUSH_LOG_LEVEL: 'info',
      PUSH_EGRESS_ALLOW: 'CIDR',
      PUSH_PROT: 'did you mean PUSH_PORT?',
    })) {
      expect(err.split('\n').find((line) => line.trim().startsWith(`${name}: `))).toContain(remedy);
    }
    expect(err).not.toMatch(/geheim|too short|guest:guest|\bat .*\.js/);
  });

  it('takes an unknown variable that resembles none for somebody else’s', async () => {
    const server = await ServerProcess.start({ env: { PUSH_KEY: 'x', PUSH_NOTIFICATION_COLOUR: 'blue' } });
    expect(server.output).toContain('PUSH_NOTIFICATION_COLOUR is set');
    expect(server.output).not.toContain('PUSH_KEY is set');
    await server.remove();
  });

  it('tells a Kubernetes service address from a port', async () => {
    const { err } = await runToEnd({ PUSH_PORT: 'tcp://10.0.0.1:7400' });
    expect(err).toContain('enableServiceLinks');
  });

  it('is helped with --help, and --version tells the version', async () => {
    const help = await runToEnd({}, ['--help']);
    expect(help.code).toBe(0);
    for (const name of ['PUSH_HOST', 'PUSH_PORT', 'PUSH_DATABASE_URL', 'PUSH_ADMIN_KEY', 'PUSH_LOG_LEVEL'])
      expect(help.out).toContain(name);
    const version = await runToEnd({}, ['--version']);
    expect(version).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect((await runToEnd({}, ['--frobnicate'])).code).toBe(2);
  });
});

describe('a start that cannot succeed', () => {
  it('says in one line that the port is in use', async () => {
    const server = await ServerProcess.start();
    const { code, err } = await runToEnd({ PUSH_PORT: String(server.port), PUSH_DATABASE_URL: 'memory:' });
    expect(code).toBe(1);
    expect(err.trim().split('\n')).toEqual([expect.stringMatching(/^PUSH_PORT: .*in use/)]);
    await server.remove();
  });

  it('says in one line that the data cannot be written there', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'push-e2e-'));
    const file = path.join(dir, 'occupied');
    writeFileSync(file, 'not a directory');
    chmodSync(file, 0o400);
    for (const place of [path.join(file, 'push.db'), file]) {
      const { code, err } = await runToEnd({ PUSH_PORT: '0', PUSH_DATABASE_URL: `sqlite:${place}` });
      expect(code).toBe(1);
      expect(err.trim().split('\n')).toEqual([expect.stringMatching(/^PUSH_DATABASE_URL: cannot open /)]);
    }
    rmSync(dir, { recursive: true });
  });
});

describe('the keys', () => {
  it('are shown at the first start only, and kept as hashes', async () => {
    const first = await ServerProcess.start();
    const { apiKey, adminKey } = first.keys;
    expect(adminKey).not.toBe('');
    await first.end();
    const second = await first.restart();
    expect(second.output).not.toMatch(/push_[0-9a-f]{12}_|push_admin_/);
    expect((await second.call('GET', '/v1/keys', { key: adminKey })).status).toBe(200);
    await second.end();
    const stored = readFileSync(second.databaseFile).toString('latin1');
    for (const key of [apiKey, adminKey]) expect(stored).not.toContain(key.split('_').at(-1));
    await second.remove();
  });

  it('of the administrator can be given, is not shown then, and replaces the one before', async () => {
    const given = 'k'.repeat(40);
    const first = await ServerProcess.start();
    await first.end();
    const second = await ServerProcess.start({ dir: first.dir, keys: first.keys, env: { PUSH_ADMIN_KEY: given } });
    expect(second.output).not.toContain(given);
    expect((await second.call('GET', '/v1/tenants', { key: given })).status).toBe(200);
    expect((await second.call('GET', '/v1/tenants', { key: first.keys.adminKey })).status).toBe(401);
    await second.remove();
  });
});

describe('SIGTERM', () => {
  it('sends clients elsewhere, finishes and ends with 0', async () => {
    const server = await ServerProcess.start();
    const { client } = await RawClient.connect(server.socketUrl, { token: await server.token('u'), device: 'd1' });
    const id = await server.publish('u', 1);
    await client.pushes(1);
    client.ack(1);
    const [{ code }, bye] = await Promise.all([
      server.end('SIGTERM'),
      client.until<ByeFrame>((frame) => frame.op === 'bye'),
    ]);
    expect(code).toBe(0);
    expect(bye).toMatchObject({ code: 3000, reconnect: true, afterMs: expect.any(Number) });
    expect((await client.ended()).code).toBe(3000);

    // The acknowledgement that came just before was not lost.
    const again = await server.restart();
    expect((await again.call('GET', `/v1/messages/${id}`)).body.state).toBe('delivered');
    await again.remove();
  });

  it('does not wait for a client that never finishes its request', async () => {
    const server = await ServerProcess.start();
    const half = fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      duplex: 'half',
      headers: { Authorization: `Bearer ${server.keys.apiKey}`, 'Content-Type': 'application/json' },
      body: new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"to":')) }),
    }).catch(() => undefined);
    await server.call('GET', '/healthz');
    const begin = Date.now();
    expect((await server.end('SIGTERM')).code).toBe(0);
    expect(Date.now() - begin).toBeLessThan(10_000);
    await half;
    await server.remove();
  });

  it.each([
    ['/v1/ws', ['{"op":"connect","token":"TOKEN","device":"d1"}'], '{"op":"connected"'],
    ['/socket.io/?EIO=4&transport=websocket', ['40/push,{"token":"TOKEN","device":"d1"}'], '40/push,'],
  ])('does not wait for a client that has gone silent, connected at %s', async (at, says, answer) => {
    const server = await ServerProcess.start();
    const token = await server.token('u');
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${at}`);
    socket.on('open', () => says.forEach((text) => socket.send(text.replace('TOKEN', token))));
    await new Promise<void>((resolve) =>
      socket.on('message', (text: Buffer) => text.toString().startsWith(answer) && resolve()),
    );
    // It reads no further: the closing handshake is never answered.
    socket.pause();
    const begin = Date.now();
    expect((await server.end('SIGTERM')).code).toBe(0);
    expect(Date.now() - begin).toBeLessThan(9_000);
    socket.terminate();
    await server.remove();
  });

  it('said twice at once is one request', async () => {
    const server = await ServerProcess.start({ env: { PUSH_DATABASE_URL: 'memory:' } });
    server.child.kill('SIGTERM');
    server.child.kill('SIGINT');
    const { code } = await server.exited;
    expect(code).toBe(0);
    await server.remove();
  });
});
