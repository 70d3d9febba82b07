import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const REPOSITORY = path.resolve(__dirname, '../../..');

/** A piece of TypeScript on a page. */
export interface Block {
  /** From the repository's root. */
  readonly page: string;
  /** Where its code begins, from 1. */
  readonly line: number;
  readonly code: string;
  /** The file it calls itself, in a comment on its first line: `// src/chat.gateway.ts`. */
  readonly name?: string;
  /**
   * What it needs and the page does not show: `<!-- with: declare const room: string; -->`. The block stands where there is
   * an `…`, as in `<!-- with: class Chat { async send() { … } } -->`, else at the end.
   */
  readonly given?: { readonly text: string; readonly line: number };
}

export interface Page {
  readonly page: string;
  readonly blocks: readonly Block[];
  /** What is wrong with the page itself, with its line. */
  readonly faults: readonly string[];
}

const TYPESCRIPT = new Set(['ts', 'typescript', 'mts', 'cts', 'tsx']);

/** The pages whose code is held to: all guides, and the pages a developer starts with. */
export function guidePages(): string[] {
  const reference = ['docs/decorators.md', 'docs/options.md', 'docs/testing.md', 'docs/dto.md'];
  const single = [...reference, 'README.md', 'README.zh-CN.md'];
  const guides = readdirSync(path.join(REPOSITORY, 'docs/guides'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.posix.join('docs/guides', file.split(path.sep).join('/')));
  return [...guides.sort(), ...single.filter((file) => existsSync(path.join(REPOSITORY, file)))];
}

export const readPage = (page: string): Page => collect(page, readFileSync(path.join(REPOSITORY, page), 'utf8'));

interface Open {
  readonly mark: string;
  readonly language: string;
  readonly indent: number;
  readonly line: number;
}

/** Every block of TypeScript in a text in Markdown. What is fenced without a language could be one, and is a fault. */
export function collect(page: string, markdown: string): Page {
  const blocks: Block[] = [];
  const faults: string[] = [];
  const lines = markdown.split(/\r?\n/);
  let open: Open | undefined;
  let given: Block['given'];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    if (open) {
      if (!isEnd(line, open)) continue;
      const { language, indent, line: start } = open;
      open = undefined;
      if (!TYPESCRIPT.has(language)) continue;
      const code = lines.slice(start, at).map((one) => one.slice(Math.min(indent, one.search(/\S|$/))));
      blocks.push({ page, line: start + 1, code: code.join('\n'), name: nameIn(code[0]), given });
      given = undefined;
      continue;
    }
    if (line.trimStart().startsWith('<!--')) {
      const from = at;
      while (at < lines.length - 1 && !(lines[at] as string).includes('-->')) at++;
      const hidden = /^\s*<!-- *(with|file): ?([\s\S]*?)-->/.exec(lines.slice(from, at + 1).join('\n'));
      if (hidden?.[1] === 'with') given = { text: hidden[2] as string, line: from + 1 };
      if (hidden?.[1] === 'file') blocks.push(hiddenFile(page, from + 1, hidden[2] as string));
      continue;
    }
    const [, spaces, mark, language] = /^( *)(`{3,}|~{3,}) *([^\s`]*)/.exec(line) ?? [];
    if (mark !== undefined) {
      open = { mark, language: (language as string).toLowerCase(), indent: (spaces as string).length, line: at + 1 };
      if (language === '') faults.push(`${page}:${at + 1}: say which language this is`);
    }
    if (given && line.trim() !== '' && !TYPESCRIPT.has(open?.language ?? '')) {
      faults.push(`${page}:${given.line}: no block of TypeScript follows this "with:"`);
      given = undefined;
    }
  }
  if (open) faults.push(`${page}:${open.line}: this block has no end`);
  return { page, blocks, faults };
}

const isEnd = (line: string, { mark }: Open): boolean => {
  const text = line.trim();
  return text.length >= mark.length && text === (mark[0] as string).repeat(text.length);
};

const nameIn = (first = ''): string | undefined => /^\/\/ ((?:[\w-][\w.-]*\/)*[\w-][\w.-]*\.ts)\s*$/.exec(first)?.[1];

/** A file that belongs to the page's example and is not worth showing: its name, a line's end, its code. */
function hiddenFile(page: string, line: number, text: string): Block {
  const [name = '', ...code] = text.split('\n');
  return { page, line: line + 1, code: code.join('\n'), name: name.trim() };
}
