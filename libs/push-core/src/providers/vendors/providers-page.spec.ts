import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { NAMES, VENDORS } from './vendor.fixture.js';
import { HMS_CODES, HUAWEI_REASONS } from './hms-results.js';
import type { Codes } from './meaning.js';
import { MEIZU_CODES, MEIZU_TARGET_CODES } from './meizu-results.js';
import { OPPO_CODES } from './oppo-results.js';
import { VIVO_CODES } from './vivo-results.js';
import { XIAOMI_CODES } from './xiaomi-results.js';

const page = readFileSync(resolve(__dirname, '../../../../../docs/providers.md'), 'utf8');

function section(name: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';
}

/** The cells of its tables that stand beside a result, by result. */
function cells(name: string, column: number): readonly (readonly [string, string])[] {
  return section(name)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (result|-)/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((row) => [row[1] ?? '', row[column] ?? ''] as const);
}

const RESULTS: Readonly<Record<string, string>> = {
  stale_access: 'renewed once',
  throttled_device: '`throttled`',
  quota: '`quota_exhausted`',
  quota_device: '`quota_exhausted`',
};

test.each<[string, string, Codes, number]>([
  ['hms', 'codes', HMS_CODES, 2],
  ['harmony', 'reasons', HUAWEI_REASONS, 2],
  ['xiaomi', 'codes', XIAOMI_CODES, 2],
  ['oppo', 'codes', OPPO_CODES, 2],
  ['vivo', 'codes', VIVO_CODES, 2],
  ['meizu', 'codes of requests', MEIZU_CODES, 2],
  ['meizu', 'codes of ids', MEIZU_TARGET_CODES, 3],
])('docs/providers.md lists what the %s %s mean', (name, _what, codes, column) => {
  const rows = cells(name, column);
  for (const [code, meaning] of Object.entries(codes)) {
    const result = RESULTS[meaning] ?? `\`${meaning}\``;
    const row = rows.find(([kind]) => kind === result);
    expect([code, row?.[1]]).toEqual([code, expect.stringContaining(`\`${code}\``)]);
  }
});

test.each(NAMES)('docs/providers.md names the credentials %s needs', (name) => {
  let missing: string | undefined;
  const given: Record<string, string> = {};
  // Each complaint names one field more.
  for (let round = 0; round < 10; round += 1) {
    try {
      VENDORS[name].parse(given);
      break;
    } catch (thrown) {
      missing = /^"(\w+)" is missing/.exec((thrown as Error).message)?.[1];
      if (missing === undefined) break;
      given[missing] = 'x';
      const snake = missing.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      expect([missing, section(name).includes(missing) || section(name).includes(snake)]).toEqual([missing, true]);
    }
  }
  expect(Object.keys(given).length).toBeGreaterThan(0);
});
