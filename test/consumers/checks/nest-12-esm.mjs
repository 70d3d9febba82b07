// Nest 12 as its `nest new` makes it: ES modules, nodenext, Vitest. The sources are those of Nest 11.
import path from 'node:path';
import { assertSameSources, checkNestApp } from './nest-app.mjs';

export async function check(given) {
  await given.step('same sources as nest-11-cjs', () =>
    assertSameSources(path.join(given.fixture, '..', 'nest-11-cjs'), given.fixture),
  );
  await checkNestApp('nest-12-esm', given);
}
