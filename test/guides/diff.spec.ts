import { readFileSync } from 'node:fs';
import path from 'node:path';
import { guidePages, REPOSITORY } from './support/page.js';

/** `<!-- diff:socketio-chat -->` begins what `test/consumers/socketio-chat/at-least-once.diff` says. */
const MARKED = /<!-- diff:([\w-]+) -->([\s\S]*?)<!-- \/diff -->/g;

const quoted = guidePages().flatMap((page) =>
  [...readFileSync(path.join(REPOSITORY, page), 'utf8').matchAll(MARKED)].map(
    ([, name, text]) => [page, name as string, (text as string).trim()] as const,
  ),
);

it.each(quoted)('%s has the diff of %s word for word', (_page, name, text) => {
  const diff = readFileSync(path.join(REPOSITORY, 'test/consumers', name, 'at-least-once.diff'), 'utf8');
  // An empty line of context has a space in the file, and none on a page that was formatted.
  expect(text).toBe(`\`\`\`diff\n${diff.replaceAll(/^ $/gm, '').trimEnd()}\n\`\`\``);
});

it('a guide has one', () => {
  expect(quoted.map(([page]) => page)).toContain('docs/guides/existing-backend-socketio.md');
});
