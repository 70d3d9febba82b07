import path from 'node:path';
import ts from 'typescript';
import { REPOSITORY } from './page.js';
import type { Source } from './workshop.js';

/** What the compiler says about the pages' blocks, each with page and line; one program for all of them, against our sources. */
export function typeCheck(sources: readonly Source[]): readonly string[] {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const program = ts.createProgram([...byFile.keys()], compilerOptions());
  const found = [...byFile].flatMap(([file, source]) => {
    const parsed = program.getSourceFile(file);
    if (!parsed) return [`${source.placeOf(1)}: was not read`];
    const diagnostics = [...program.getSyntacticDiagnostics(parsed), ...program.getSemanticDiagnostics(parsed)];
    return diagnostics.map(({ start = 0, messageText }) => {
      const { line } = parsed.getLineAndCharacterOfPosition(start);
      return `${source.placeOf(line + 1)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
  return [...new Set(found)];
}

/** As strict as the repository. Its paths, and modules as a Nest project has them: without extensions. */
function compilerOptions(): ts.CompilerOptions {
  const file = path.join(REPOSITORY, 'tsconfig.json');
  const { config } = ts.readConfigFile(file, (name) => ts.sys.readFile(name)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, REPOSITORY);
  return {
    ...options,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    declaration: false,
    sourceMap: false,
    skipLibCheck: true,
  };
}
