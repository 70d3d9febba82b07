import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { REASONS } from 'push-core';

const page = readFileSync(resolve(__dirname, '../../../../docs/notifications.md'), 'utf8');

it('lists every reason, as it is, and no other', () => {
  const section = /^## Reasons\n([\s\S]*?)^## /m.exec(page)?.[1] ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)` +\| (.*?) +\|$/gm)].map(([, reason, text]) => [reason, text]);
  expect(rows).toEqual(Object.entries(REASONS));
});
