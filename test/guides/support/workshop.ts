import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Block, Page } from './page.js';

/** A block as a file of its own, with the way back to its page. */
export interface Source {
  readonly file: string;
  readonly block: Block;
  /** `page:line` of a line of the file, both from 1. */
  placeOf(line: number): string;
}

/**
 * A page's blocks as a small project. A name that comes a second time begins the next edition: the code as it is after the
 * change, with the files that did not change beside it.
 */
export interface Edition {
  readonly folder: string;
  readonly sources: readonly Source[];
  find(name: string): string | undefined;
}

const RUN = path.resolve(__dirname, '../.run');

/** Where pages become files. Inside the repository, so that packages are found; in `data`, which no tool of it looks at. */
export class Workshop {
  private readonly folder: string;

  constructor() {
    mkdirSync(path.join(RUN, 'data'), { recursive: true });
    this.folder = mkdtempSync(path.join(RUN, 'data', 'guides-'));
  }

  /** Every edition of the page, the last one last. */
  write({ page, blocks }: Page): readonly Edition[] {
    const base = path.join(this.folder, page.replace(/\.md$/, '').replaceAll(/[^\w]+/g, '-'));
    return editionsOf(blocks).map((edition, index) => writeEdition(path.join(base, String(index + 1)), edition));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function editionsOf(blocks: readonly Block[]): readonly (readonly Block[])[] {
  const editions: Block[][] = [[]];
  for (const block of blocks) {
    const current = editions.at(-1) as Block[];
    const isNext = block.name !== undefined && current.some(({ name }) => name === block.name);
    if (isNext) editions.push(current.filter(({ name }) => name !== undefined && name !== block.name));
    (editions.at(-1) as Block[]).push(block);
  }
  return editions;
}

function writeEdition(folder: string, blocks: readonly Block[]): Edition {
  // Where the named files lie, the others see them.
  const beside = blocks.some(({ name }) => name?.startsWith('src/')) ? 'src' : '.';
  const sources = blocks.map((block) => {
    // Not `*.spec.ts`: what a run that was cut off left behind is nobody's test.
    const name = block.name?.replace(/\.spec\.ts$/, '.spec-block.ts') ?? path.join(beside, `line-${block.line}.ts`);
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const [before, after = ''] = block.given?.text.split('…') ?? [];
    const given = before?.split('\n') ?? [];
    // Each block is a module, whether it imports something or not.
    writeFileSync(file, [...given, block.code, after, 'export {};', ''].join('\n'));
    const placeOf = (line: number): string =>
      line <= given.length && block.given
        ? `${block.page}:${block.given.line + line - 1}`
        : `${block.page}:${block.line + line - 1 - given.length}`;
    return { file, block, placeOf };
  });
  return { folder, sources, find: (name) => sources.find(({ block }) => block.name === name)?.file };
}
