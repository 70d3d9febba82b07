import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

const deploy = path.resolve(__dirname, '../../deploy');

/** As YAML is read by who deploys it; what a test looks into has no types. */
export type Tree = any;

export const deployFile = (name: string): string => readFileSync(path.join(deploy, name), 'utf8');

/** With `<<: *anchor`, as Compose reads it. */
export const yamlOf = (name: string): Tree => parse(deployFile(name), { merge: true });

/** Every document of a file; a mistake in its YAML is an error. */
export function documentsOf(name: string): Tree[] {
  return parseAllDocuments(deployFile(name)).map((document) => {
    const [mistake] = [...document.errors, ...document.warnings];
    if (mistake) throw mistake;
    return document.toJS();
  });
}
