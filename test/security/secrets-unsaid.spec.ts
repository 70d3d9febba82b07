import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createHmac, randomBytes } from 'node:crypto';
import { generate } from 'mqtt-packet';
import { RawClient } from '../support/raw-client.js';
import { freePort, ServerProcess } from '../support/server.js';
import { RawSocket, upgradeRequest } from './support/raw-socket.js';

jest.setTimeout(60_000);

/** A JWT nobody issued, with a mark in its claims. */
function forged(claims: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256' })}.${encode({ sub: 'ann', ten: 'default', ...claims })}`;
  return `${signed}.${createHmac('sha256', randomBytes(32)).update(signed).digest('base64url')}`;
}

/** Every way to hand a secret over, right and wrong; whatever the server says about it is kept and searched. */
describe('what a server says of the secrets it is shown', () => {
  let server: ServerProcess;
  let mqttPort: number;
  const secrets = new Map<string, string>();
  const answers: string[] = [];
  const plant = (name: string, secret: string) => {
    secrets.set(name, secret);
    return secret;
  };
  const seconds = Math.floor(Date.now() / 1000);

  beforeAll(async () => {
    mqttPort = await freePort();
    const adminKey = plant('admin key', `admin-${randomBytes(24).toString('hex')}`);
    server = await ServerProcess.start({
      env: { PUSH_LOG_LEVEL: 'trace', PUSH_ADMIN_KEY: adminKey, PUSH_MQTT_PORT: String(mqttPort) },
    });
    const admin = { key: adminKey, headers: { 'X-Tenant': 'default' } };
    const made = await server.call('POST', '/v1/keys', { ...admin, body: { role: 'admin' } });
    const apiKey = plant('API key', made.body.key as string);
    const token = plant('token', await server.token('ann'));
    plant('forged token', forged({ exp: seconds + 60 }));
    plant('expired token', forged({ exp: seconds - 3600 }));
    plant('token of no tenant', forged({ exp: seconds + 60, ten: 'nowhere' }));
    plant('token that is none', `not-a-token-${randomBytes(16).toString('hex')}`);
    plant('wrong API key', `push_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('base64url')}`);
    const issued = await server.call('POST', '/v1/tickets?device=d1', { key: token });
    plant('ticket', issued.body.ticket as string);
    const used = await server.call('POST', '/v1/tickets?device=d2', { key: token });
    plant('used ticket', used.body.ticket as string);
    expect(apiKey).toMatch(/^push_/);
  });
  afterAll(() => server?.remove());

  const ROUTES: [string, string, object?][] = [
    ['GET', '/v1/sse?device=d1'],
    ['GET', '/v1/poll?device=d1&waitMs=0'],
    ['POST', '/v1/ack?device=d1', { s: '@me', seq: 999 }],
    ['POST', '/v1/read?device=d1', { s: '@me', seq: 0 }],
    ['POST', '/v1/tickets?device=d1'],
    ['POST', '/v1/messages', { to: { users: ['ann'] }, type: 't' }],
    ['POST', '/v1/tokens', { user: 'ann' }],
    ['GET', '/v1/keys'],
    ['GET', '/metrics'],
    ['GET', '/nowhere'],
  ];
  /** A token that was just made is the answer to `POST /v1/tokens`; those are not the secrets that were planted. */
  async function ask(method: string, route: string, headers: Record<string, string>, body?: unknown): Promise<void> {
    const abort = new AbortController();
    const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body);
    const answer = await fetch(server.url + route, {
      method,
      headers: { ...(text === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: text,
      signal: abort.signal,
    });
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') && answer.status === 200;
    const said = isStream
      ? Buffer.from((await answer.body!.getReader().read()).value as Uint8Array).toString()
      : await answer.text();
    abort.abort();
    answers.push(`${method} ${answer.status} ${JSON.stringify([...answer.headers])} ${said}`);
  }

  it('over HTTP: in headers, right and wrong, in the URL, in paths, in bodies', async () => {
    for (const secret of secrets.values()) {
      for (const [method, route, body] of ROUTES) {
        await ask(method, route, { Authorization: `Bearer ${secret}` }, body);
        await ask(method, route, { Authorization: `Basic ${secret}` }, body);
        await ask(method, route, { Authorization: `Bearer ${secret} ${secret}`, 'X-Api-Key': secret }, body);
        await ask(method, route, { Cookie: `session=${secret}`, 'X-Tenant': secret }, body);
        const joined = route.includes('?') ? '&' : '?';
        await ask(method, `${route}${joined}token=${secret}`, {}, body);
        await ask(method, `${route}${joined}ticket=${secret}`, {}, body);
        if (body) await ask(method, route, { Authorization: `Bearer ${secret}` }, { ...body, token: secret });
        if (body) await ask(method, route, { Authorization: `Bearer ${secret}` }, `{"token":"${secret}"`);
      }
      await ask('GET', `/${secret}`, {});
      await ask('GET', `/v1/${secret}/x`, { Authorization: `Bearer ${secret}` });
      await ask('PATCH', `/v1/messages?key=${secret}`, {});
    }
  });

  async function say(port: number, bytes: string | Buffer): Promise<void> {
    const socket = await RawSocket.say(port, bytes);
    await socket.until(({ received, isEnded }) => received.length > 0 || isEnded);
    socket.drop();
    answers.push(socket.received.toString());
  }

  it('over WebSockets and MQTT: in the upgrade, in frames, in frames that are broken', async () => {
    for (const secret of secrets.values()) {
      for (const text of [
        JSON.stringify({ op: 'connect', token: secret, device: 'd1' }),
        JSON.stringify({ op: 'connect', token: secret, device: 'd1', window: 0 }),
        JSON.stringify({ op: 'connect', tokn: secret, device: 'd1' }),
        `{"op":"connect","token":"${secret}"`,
        JSON.stringify({ op: 'connect', token: { secret }, device: 'd1' }),
      ]) {
        const client = await RawClient.open(`${server.socketUrl}?token=${secret}`);
        client.sendText(text);
        await Promise.race([client.ended(), client.until(({ op }) => op === 'connected')]);
        answers.push(JSON.stringify([client.frames, client.end]));
        client.drop();
      }
      for (const path of [`/v1/ws?ticket=${secret}`, `/${secret}`]) {
        const headers = { Authorization: `Bearer ${secret}`, Origin: 'https://evil.example', Cookie: `s=${secret}` };
        await say(server.port, upgradeRequest({ path, headers }));
      }
      const shared = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60 } as const;
      const password = Buffer.from(secret);
      await say(mqttPort, generate({ ...shared, clientId: 'd1', username: '', password }));
      await say(mqttPort, generate({ ...shared, clientId: 'd1', username: secret, password: Buffer.from('x') }));
      await say(
        mqttPort,
        generate({ ...shared, clientId: secret.slice(-60), username: '', password: Buffer.from('x') }),
      );
      await say(mqttPort, Buffer.concat([Buffer.from([0x10, 0x10]), password]));
    }
  });

  it('is nothing: not in a log at its most talkative, not in an answer, not in the metrics', async () => {
    await ask('GET', '/metrics', {});
    await ask('GET', '/openapi.json', {});
    expect(answers.length).toBeGreaterThan(500);
    const log = server.output;
    expect(log.split('\n').filter((line) => line.startsWith('{')).length).toBeGreaterThan(10);
    await server.end();

    const leaks: string[] = [];
    for (const [name, secret] of secrets) {
      // Also the part of a JWT that is its worth, and what a log that cuts would leave of it.
      for (const part of [secret, secret.split('.').at(-1)!, secret.slice(-24)]) {
        if (server.output.includes(part)) leaks.push(`${name} in the log`);
        for (const one of answers.filter((text) => text.includes(part))) leaks.push(`${name}: ${one.slice(0, 300)}`);
      }
    }
    expect(leaks).toEqual([]);
  });
});
