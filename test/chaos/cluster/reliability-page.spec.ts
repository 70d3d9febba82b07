import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { kept, PAGE_FILE } from './support/reliability.js';
import { pageOf } from './support/reliability-page.js';
import { SCENARIOS } from './support/scenarios.js';

describe('docs/reliability.md', () => {
  it('says what the kept results say, and nothing else', () => {
    expect(existsSync(PAGE_FILE) ? readFileSync(PAGE_FILE, 'utf8') : '').toBe(pageOf(kept()));
  });

  it('has a place for every result there is', () => {
    const names = SCENARIOS.map(({ name }) => name);
    expect(Object.keys(kept()).filter((name) => !names.includes(name))).toEqual([]);
  });
});
