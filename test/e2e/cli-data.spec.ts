import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { documentOf, pushCli, type CliRun } from '../support/cli.js';
import { ServerProcess } from '../support/server.js';

jest.setTimeout(120_000);

const folder = mkdtempSync(path.join(tmpdir(), 'push-cli-data-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('push, on a database', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start();
  });
  afterAll(async () => {
    await server?.remove();
  });

  const good = async (running: Promise<CliRun>): Promise<CliRun> => {
    const run = await running;
    expect(run).toMatchObject({ code: 0 });
    return run;
  };

  it('seals anew with the first key of the ring', async () => {
    const file = path.join(folder, 'sealed.db');
    const first = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
    const ring = `k2:${Buffer.alloc(32, 2).toString('base64')},${first}`;
    const started = await ServerProcess.start({
      env: { PUSH_DATABASE_URL: `sqlite:${file}`, PUSH_ENCRYPTION_KEYS: first },
    });
    await started.remove();
    const args = ['reseal', '--database', `sqlite:${file}`, '--json'];
    const report = documentOf(await good(pushCli(args, { env: { PUSH_ENCRYPTION_KEYS: ring } })));
    expect(report).toMatchObject({ key: 'k2', secrets: { resealed: 1 } });
    const without = await pushCli(args, { env: { PUSH_ENCRYPTION_KEYS: first } });
    expect(documentOf(without)).toMatchObject({ error: { field: 'PUSH_ENCRYPTION_KEYS' } });

    // No server was there to write it down.
    const again = await ServerProcess.start({
      keys: started.keys,
      env: { PUSH_DATABASE_URL: `sqlite:${file}`, PUSH_ENCRYPTION_KEYS: ring },
    });
    const { body } = await again.call('GET', '/v1/audit?action=reseal', { key: started.keys.adminKey });
    await again.remove();
    expect(body).toMatchObject({ entries: [{ actor: { kind: 'cli' }, action: 'reseal', outcome: 'ok' }] });
  });

  it('writes over no backup, and restores none that is damaged, into nothing that is in use', async () => {
    const database = ['--database', `sqlite:${server.databaseFile}`];
    const file = path.join(folder, 'taken.backup');
    expect(documentOf(await good(pushCli(['backup', file, ...database, '--json'])))).toMatchObject({ file });
    expect(await pushCli(['backup', file, ...database])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--force'),
    });
    expect(documentOf(await good(pushCli(['restore', file, '--check', '--json'])))).toMatchObject({ from: 'sqlite' });
    expect(await pushCli(['restore', file, ...database, '--replace'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^--database: A server uses this database/),
    });
    const damaged = path.join(folder, 'damaged.backup');
    writeFileSync(damaged, readFileSync(file).subarray(0, -40));
    const elsewhere = path.join(folder, 'elsewhere.db');
    expect(await pushCli(['restore', damaged, '--database', `sqlite:${elsewhere}`])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^file: .*nothing was written/),
    });
    expect(existsSync(elsewhere)).toBe(false);
  });
});
