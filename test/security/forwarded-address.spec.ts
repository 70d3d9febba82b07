import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { RunningServer } from '../../apps/standalone/src/server.js';
import { RawClient } from '../support/raw-client.js';
import { ADMIN_KEY, ConsoleBrowser, consoleServer } from './support/console-browser.js';
import { goIn, turnedAway, WAYS_IN, type Visitor } from './support/visitors.js';
import { World } from './support/world.js';

jest.setTimeout(60_000);

const ONE = '203.0.113.1';
const OTHER = '2001:db8::2';
const from = (address: string): Record<string, string> => ({ 'X-Forwarded-For': address });

describe.each(Object.keys(WAYS_IN))('an address that a header names, over %s', (way) => {
  let world: World;
  const inside: Visitor[] = [];
  afterEach(async () => {
    for (const visitor of inside.splice(0)) visitor.leave();
    await world.close();
  });
  const guest = async (user: string, address: string) => ({
    token: await world.token(user),
    device: 'd1',
    headers: from(address),
  });

  it('counts where a proxy that is trusted says it: each client has its own room', async () => {
    world = await World.start({ trustedProxies: ['127.0.0.1'], limits: { connectionsPerAddress: 1 } });
    inside.push(await goIn(way, world, await guest('ann', ONE)));
    await turnedAway(way, world, await guest('bob', ONE));
    // What a client wrote into the header itself stands left of what the proxy adds.
    await turnedAway(way, world, await guest('bob', `${OTHER}, ${ONE}`));
    inside.push(await goIn(way, world, await guest('bob', OTHER)));
  });

  it('is nothing where nobody is trusted, or somebody else', async () => {
    world = await World.start({ trustedProxies: ['10.0.0.0/8'], limits: { connectionsPerAddress: 1 } });
    inside.push(await goIn(way, world, await guest('ann', ONE)));
    await turnedAway(way, world, await guest('bob', OTHER));
  });
});

describe('the server behind a proxy', () => {
  const PASSWORD = 'correct horse battery';
  let server: RunningServer;
  const clients: RawClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.drop();
    await server.close();
  });
  const start = async (env: Record<string, string>) => {
    const limit = { PUSH_LIMIT_CONNECTIONS_PER_ADDRESS: '2' };
    server = await consoleServer({ PUSH_CONSOLE_PASSWORD: PASSWORD, ...limit, ...env });
  };
  const open = async (address: string) => {
    const url = `${server.url.replace('http', 'ws')}/v1/ws`;
    clients.push(await RawClient.open(url, { headers: from(address) }));
  };
  const signIn = async (address: string, password: string) => {
    const body = { name: 'admin', password };
    const one = new ConsoleBrowser(server.url);
    return (await one.call('POST', '/console/sign-in', { body, headers: from(address) })).status;
  };
  const guess = async (address: string) => {
    const statuses: number[] = [];
    for (let tries = 0; tries < 6; tries++) statuses.push(await signIn(address, 'wrong wrong wrong'));
    return statuses.at(-1);
  };
  const noted = async () => {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'X-Push-Console': undefined, ...from(OTHER) };
    const one = new ConsoleBrowser(server.url);
    await one.call('POST', '/v1/tenants', { body: { id: 'acme' }, headers });
    const { body } = await one.call('GET', '/v1/audit', { headers });
    const entries = body.entries as { action: string; address: string }[];
    return new Set(entries.map(({ action, address }) => `${action} ${address}`));
  };

  it('counts links and tries by the address the proxy names, and writes that one down', async () => {
    await start({ PUSH_TRUSTED_PROXIES: '127.0.0.1' });
    await open(ONE);
    await open(ONE);
    await expect(open(ONE)).rejects.toThrow('429');
    await open(OTHER);
    expect(await guess(ONE)).toBe(429);
    expect(await signIn(ONE, PASSWORD)).toBe(429);
    expect(await signIn(OTHER, PASSWORD)).toBe(200);
    expect(await noted()).toEqual(new Set([`signIn ${ONE}`, `signIn ${OTHER}`, `createTenant ${OTHER}`]));
  });

  it('believes no header where no proxy is trusted', async () => {
    await start({});
    await open(ONE);
    await open(OTHER);
    await expect(open('203.0.113.3')).rejects.toThrow('429');
    expect(await guess(ONE)).toBe(429);
    expect(await signIn(OTHER, PASSWORD)).toBe(429);
    expect(await noted()).toEqual(new Set(['signIn 127.0.0.1', 'createTenant 127.0.0.1']));
  });
});
