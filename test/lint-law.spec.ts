import { describe, expect, it, beforeAll } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(__dirname, '..');

/**
 * Snippets that break a law, by the file they would stand in, and the word the report must contain; `clean` ones must pass.
 * Linted in one child process, because ESLint loads its configuration as an ES module; without types, which no law needs.
 */
const cases = {
  'push-core imports Nest': ['libs/push-core/src/push.ts', `import '@nestjs/common';`, 'Dependency law'],
  'push-core imports Nest for its types': [
    'libs/push-core/src/push.ts',
    `import type { Type } from '@nestjs/common'; export type T = Type;`,
    'Dependency law',
  ],
  'push-core imports typeorm lazily': [
    'libs/push-core/src/push.ts',
    `export const load = () => import('typeorm');`,
    'Dependency law',
  ],
  'push-core imports nest-push by a path': [
    'libs/push-core/src/push.ts',
    `export * from '../../nest-push/src/index.js';`,
    'Dependency law',
  ],
  'a push-core test imports nest-push': ['libs/push-core/src/push.spec.ts', `import 'nest-push';`, 'Dependency law'],
  'push-core reads the time': ['libs/push-core/src/push.ts', `export const t = Date.now();`, 'come through the Clock'],
  'push-core makes a date of now': [
    'libs/push-core/src/push.ts',
    `export const t = new Date();`,
    'come through the Clock',
  ],
  'push-core sets a timer': ['libs/push-core/src/push.ts', `setTimeout(() => {}, 1);`, 'come through the Clock'],
  'push-core rolls dice': ['libs/push-core/src/push.ts', `export const r = Math.random();`, 'come through the Clock'],
  'push-core makes an id': [
    'libs/push-core/src/push.ts',
    `import { randomUUID } from 'node:crypto'; export const id = randomUUID();`,
    'come through the Clock',
  ],
  'push-core reads the environment': [
    'libs/push-core/src/push.ts',
    `export const e = process.env.A;`,
    'reads no environment',
  ],
  'push-core prints': ['libs/push-core/src/push.ts', `console.log(1);`, 'does not print'],
  'nest-push installs a process handler': [
    'libs/nest-push/src/push.module.ts',
    `process.on('exit', () => {});`,
    'reads no environment',
  ],
  'nest-push imports the client': ['libs/nest-push/src/push.module.ts', `import 'push-client';`, 'Dependency law'],
  'nest-push reaches into push-core': [
    'libs/nest-push/src/push.module.ts',
    `import 'push-core/dist/esm/push.js';`,
    'public names',
  ],
  'push-client imports the core': [
    'libs/push-client/src/client.ts',
    `import { x } from 'push-core'; x();`,
    'Dependency law',
  ],
  'push-client imports the wire as a value': [
    'libs/push-client/src/client.ts',
    `import { x } from 'push-core/wire'; x();`,
    'Dependency law',
  ],
  'push-client imports Node for the browser': [
    'libs/push-client/src/client.ts',
    `import { readFile } from 'node:fs'; readFile;`,
    'Dependency law',
  ],
  'an app imports another': ['apps/standalone/src/main.ts', `import '../../demo-im/src/main.js';`, 'Dependency law'],
  'a test hides the others': ['test/some.spec.ts', `it.only('x', () => {});`, 'focused or skipped'],
  'a file grows without end': ['libs/push-core/src/push.ts', 'export {};\n'.repeat(301), 'too many lines'],
} as const;

const clean = {
  'the clock may read the time': ['libs/push-core/src/clock/system-clock.ts', `export const now = () => Date.now();`],
  'the ids may take chance': [
    'libs/push-core/src/model/ids.ts',
    `import { randomBytes } from 'node:crypto'; export const id = () => randomBytes(8);`,
  ],
  'the client may know the wire types': [
    'libs/push-client/src/client.ts',
    `import type { Position } from 'push-core/wire'; export type P = Position;`,
  ],
  "the client's Node entry may use ws and Node": [
    'libs/push-client/src/node/index.ts',
    `import { readFile } from 'node:fs'; import { WebSocket } from 'ws'; export { readFile, WebSocket };`,
  ],
  'nest-push may import the core': [
    'libs/nest-push/src/push.module.ts',
    `import { createPush } from 'push-core'; export { createPush };`,
  ],
} as const;

const LINT = `
  import { ESLint } from 'eslint';
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  const eslint = new ESLint({
    ruleFilter: ({ ruleId }) => /restricted|max-lines|no-console/.test(ruleId) && !ruleId.startsWith('import-x/'),
    overrideConfig: { files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false } } },
  });
  const reports = {};
  for (const [name, [filePath, code]] of Object.entries(JSON.parse(text))) {
    const [result] = await eslint.lintText(code, { filePath });
    reports[name] = result.messages.filter(({ severity }) => severity === 2).map(({ message }) => message);
  }
  process.stdout.write(JSON.stringify(reports));
`;

describe('the law, as lint', () => {
  let reports: Record<string, string[]>;

  beforeAll(() => {
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', LINT], {
      cwd: root,
      input: JSON.stringify({ ...cases, ...clean }),
      encoding: 'utf8',
    });
    if (child.status !== 0) throw new Error(child.stderr);
    reports = JSON.parse(child.stdout) as Record<string, string[]>;
  });

  it.each(Object.entries(cases))('turns red when %s', (name, [, , word]) => {
    expect(reports[name]?.join('\n')).toContain(word);
  });

  it.each(Object.keys(clean))('stays green: %s', (name) => {
    expect(reports[name]).toEqual([]);
  });
});
