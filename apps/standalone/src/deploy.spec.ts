import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from './config.js';
import { HELP } from './help.js';
import { Environment } from './environment.js';
import { plainToInstance } from 'class-transformer';

const root = path.resolve(__dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

describe('what is written about the environment', () => {
  const variables = Object.keys(plainToInstance(Environment, {}, { excludeExtraneousValues: true }));

  it('names every variable, in the table and in --help', () => {
    expect(variables.length).toBeGreaterThan(15);
    for (const name of variables) {
      expect(read('docs/configuration.md')).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\|`, 'm'));
      expect(HELP).toContain(name);
    }
  });

  it('is what the server takes, in deploy/compose.yaml', () => {
    const text = read('deploy/compose.yaml')
      .replaceAll(/\$\{\w+:-(\w*)\}/g, '$1')
      .replaceAll(/\$\{\w+:\?[^}]*\}/g, 'x'.repeat(64));
    const given = Object.fromEntries(
      [...text.matchAll(/^ +(PUSH_\w+): ?(.*)$/gm)].map(([, name = '', value = '']) => [
        name,
        value.replace(/^'(.*)'$/, '$1'),
      ]),
    );
    expect(Object.keys(given)).toEqual(
      expect.arrayContaining(['PUSH_DATABASE_URL', 'PUSH_BROKER_URL', 'PUSH_NODE_ID']),
    );
    expect(readConfig(given)).toMatchObject({
      ok: true,
      warnings: [],
      config: { database: { kind: 'postgres' }, broker: { startup: 'degraded' } },
    });
  });

  it('is what the server takes, on the page about many nodes and in the readme', () => {
    for (const page of ['docs/cluster.md', 'README.md']) {
      const names = [...read(page).matchAll(/\bPUSH_[A-Z_]+[A-Z]\b/g)].map(([name]) => name);
      const outcome = readConfig(Object.fromEntries(names.map((name) => [name, '?'])));
      const unknown = outcome.ok ? outcome.warnings : outcome.errors.filter((error) => error.includes('no such'));
      expect([page, unknown]).toEqual([page, []]);
    }
  });
});
