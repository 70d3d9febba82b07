import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server.js';

const LISTEN = path.resolve(__dirname, '../../apps/standalone/dist/listen.js');

jest.setTimeout(90_000);

describe('npm run listen', () => {
  let server: ServerProcess;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    server = await ServerProcess.start();
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server?.remove();
  });

  function listen(args: string[], key: string | undefined) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PUSH_'));
    const child = spawn(process.execPath, [LISTEN, ...args], {
      env: { ...Object.fromEntries(inherited), ...(key === undefined ? {} : { PUSH_KEY: key }) },
    });
    children.push(child);
    const seen = { out: '', err: '', code: undefined as number | null | undefined };
    child.stdout.on('data', (chunk: Buffer) => (seen.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (seen.err += chunk.toString()));
    child.on('close', (code) => (seen.code = code));
    return { child, seen };
  }

  it('shows what arrives, acknowledges it, and carries on after the server was killed', async () => {
    const { child, seen } = listen(['ann', '--url', server.url, '--follow', 'news'], server.keys.apiKey);
    await eventually(() => seen.err.includes('connected as ann'), 30_000);
    const id = await server.publish('ann', { text: 'one' });
    await eventually(() => seen.out.includes('{"text":"one"}'));
    await eventually(async () => (await server.call('GET', `/v1/messages/${id}`)).body.state === 'delivered');
    await server.call('POST', '/v1/messages', { body: { to: { topics: ['news'] }, type: 'headline' } });
    await eventually(() => /news #1 {2}headline/.test(seen.out));

    await server.end('SIGKILL');
    await eventually(() => seen.err.includes('connection lost'));
    server = await server.restart();
    await server.publish('ann', { text: 'two' });
    await eventually(() => seen.out.includes('{"text":"two"}'), 30_000);
    expect(seen.err).toContain('resumed: complete');
    expect(seen.out.match(/"one"/g)).toHaveLength(1);

    child.kill('SIGINT');
    await eventually(() => seen.code === 0);
  });

  it('says what is missing', async () => {
    for (const [args, key, hint] of [
      [['ann', '--url', server.url], undefined, 'PUSH_KEY is not set'],
      [['ann', '--url', server.url], 'wrong', 'PUSH_KEY: '],
      [[], 'x', 'Name one user'],
      [['ann', '--colour'], 'x', '--colour'],
    ] as const) {
      const { seen } = listen([...args], key);
      await eventually(() => seen.code !== undefined, 30_000);
      expect(seen).toMatchObject({ code: 2, out: '', err: expect.stringContaining(hint) });
    }
    const { seen } = listen(['--help'], undefined);
    await eventually(() => seen.code !== undefined, 30_000);
    expect(seen).toMatchObject({ code: 0, out: expect.stringContaining('--follow') });
  });
});
