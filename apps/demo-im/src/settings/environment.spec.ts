import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from './environment.js';
import { keptSecrets } from './kept-secrets.js';

describe('the environment', () => {
  it('may be empty', () => {
    expect(readEnvironment({})).toEqual({
      ok: true,
      environment: {
        ...{ host: '127.0.0.1', port: 7500, dataFolder: './data/demo-im', lab: true },
        ...{ secret: undefined, egressAllow: [] },
      },
    });
  });

  it('is taken as it is', () => {
    const env = {
      DEMO_HOST: '0.0.0.0',
      DEMO_LAB: 'off',
      DEMO_PORT: '80',
      DEMO_EGRESS_ALLOW: 'localhost:9, 10.0.0.0/8',
    };
    const environment = { host: '0.0.0.0', port: 80, lab: false, egressAllow: ['localhost:9', '10.0.0.0/8'] };
    expect(readEnvironment(env)).toMatchObject({ ok: true, environment });
  });

  it.each([
    ['DEMO_PORT', 'x'],
    ['DEMO_PORT', '70000'],
    ['DEMO_HOST', 'not a host'],
    ['DEMO_HOST', '0.0.0.0'],
    ['DEMO_LAB', 'maybe'],
    ['DEMO_SECRET', 'short'],
    ['DEMO_EGRESS_ALLOW', 'localhost'],
  ])('is refused with the variable’s name: %s=%s', (name, value) => {
    expect(readEnvironment({ [name]: value })).toEqual({
      ok: false,
      errors: [expect.stringMatching(new RegExp(`^${name}: `))],
    });
  });
});

describe('kept secrets', () => {
  it('are made once, for their owner’s eyes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-im-'));
    const file = join(folder, 'data', 'secrets.json');
    const made = keptSecrets(join(folder, 'data'));
    expect(keptSecrets(join(folder, 'data'))).toEqual(made);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(made);
    expect((await stat(file)).mode & 0o077).toBe(0);
    await rm(folder, { recursive: true });
  });
});
