import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { ServerProcess } from '../support/server.js';
import { boundMs, watchHealth } from './slow-http-health.js';

jest.setTimeout(180_000);

const TOOL = '/usr/bin/slowhttptest';
const CONNECTIONS = 1000;
const PER_SECOND = 200;
const SECONDS = 45;

/** How the tool is told, and what a connection of ours says where the tool is not installed. */
const ATTACKS = {
  'slow headers': {
    path: '/healthz',
    flags: ['-H', '-i', '1'],
    opening: 'GET /healthz HTTP/1.1\r\nHost: x\r\n',
    drip: 'X-More: 1\r\n',
  },
  'slow bodies': {
    path: '/v1/messages',
    flags: ['-B', '-i', '1', '-s', '60000', '-t', 'POST', '-f', 'application/json'],
    opening:
      'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"to":',
    drip: ' ',
  },
  'slow reading': {
    path: '/openapi.json',
    flags: ['-X', '-w', '1', '-y', '8', '-n', '1', '-z', '8', '-k', '3'],
    opening: 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3),
    drip: '',
  },
};

async function withTool(url: string, flags: readonly string[]): Promise<void> {
  const tool = spawn(TOOL, [
    ...['-c', String(CONNECTIONS), '-r', String(PER_SECOND), '-l', String(SECONDS), '-p', '5', '-u', url],
    ...flags,
  ]);
  tool.stdout.resume();
  tool.stderr.resume();
  const code = await new Promise<number | null>((resolve) => tool.once('close', resolve));
  expect(code).toBe(0);
}

/** As the tool does it: `PER_SECOND` new ones a second, all of them open until the end. */
async function byHand(port: number, opening: string, drip: string): Promise<void> {
  const ends: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const coming = setInterval(() => {
      for (let i = 0; i < PER_SECOND / 10; i++) ends.push(slowOne(port, opening, drip));
      if (ends.length < CONNECTIONS) return;
      clearInterval(coming);
      resolve();
    }, 100);
  });
  await Promise.all(ends);
}

function slowOne(port: number, opening: string, drip: string): Promise<void> {
  return new Promise((resolve) => {
    let dripping: NodeJS.Timeout | undefined;
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(opening);
      // Where nothing is dripped, nothing is read either.
      if (drip === '') return;
      dripping = setInterval(() => socket.write(drip), 1000);
      socket.resume();
    });
    const enough = setTimeout(() => socket.destroy(), SECONDS * 1000);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(dripping);
      clearTimeout(enough);
      resolve();
    });
  });
}

describe('a thousand slow connections at once', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start({ env: { PUSH_DATABASE_URL: 'memory:' } });
  });
  afterAll(() => server?.remove());

  it.each(Object.entries(ATTACKS))('%s: health is answered within a second all along', async (_, attack) => {
    const before = server.residentBytes();
    const health = await watchHealth(server);
    await (existsSync(TOOL)
      ? withTool(`${server.url}${attack.path}`, attack.flags)
      : byHand(server.port, attack.opening, attack.drip));
    const seen = await health();
    expect(seen.trouble).toBeUndefined();
    expect(seen.answers).toBeGreaterThan(100);
    expect(seen.worstMs).toBeLessThan(boundMs(seen));
    expect(server.residentBytes() - before).toBeLessThan(200 * 1024 * 1024);
  });
});
