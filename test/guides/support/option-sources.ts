import path from 'node:path';
import ts from 'typescript';
import { REPOSITORY } from './page.js';

/** An option as its interface declares it. */
export interface DeclaredOption {
  readonly name: string;
  readonly optional: boolean;
  /** What its comment calls the default, where that is a number. */
  readonly default?: number;
  /** Names of our own interfaces that its type is made of. */
  readonly made: readonly string[];
}

export interface DeclaredOptions {
  readonly name: string;
  readonly file: string;
}

const OWN = /\b[A-Z]\w*(?:Options|Settings|Limits|Retention)\b/g;

/** The options of interfaces, by `name`; what they inherit included. Throws where there is no such interface. */
export function declaredOptions(wanted: readonly DeclaredOptions[]): ReadonlyMap<string, readonly DeclaredOption[]> {
  const file = path.join(REPOSITORY, 'tsconfig.json');
  const { config } = ts.readConfigFile(file, (name) => ts.sys.readFile(name)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, REPOSITORY);
  const program = ts.createProgram([...new Set(wanted.map((one) => path.join(REPOSITORY, one.file)))], options);
  const checker = program.getTypeChecker();
  return new Map(
    wanted.map(({ name, file: place }) => {
      const source = program.getSourceFile(path.join(REPOSITORY, place));
      const module = source && checker.getSymbolAtLocation(source);
      const symbol = module && checker.getExportsOfModule(module).find((one) => one.name === name);
      if (!symbol) throw new Error(`${place} exports no ${name}`);
      const properties = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
      return [name, properties.map((property) => declared(checker, property))];
    }),
  );
}

function declared(checker: ts.TypeChecker, property: ts.Symbol): DeclaredOption {
  const said = ts.displayPartsToString(property.getDocumentationComment(checker));
  const [, digits] = /[Dd]efault:? `?(\d[\d,]*)\b(?!\.\d| minutes)/.exec(said) ?? [];
  const at = property.declarations?.[0];
  const written = at && ts.isPropertySignature(at) ? (at.type?.getText() ?? '') : '';
  return {
    name: property.name,
    optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
    default: digits === undefined ? undefined : Number(digits.replaceAll(',', '')),
    made: [...written.matchAll(OWN)].map(([name]) => name),
  };
}
