import { createRequire } from 'node:module';

/** An object of the Kubernetes API. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

interface Model {
  validate(): void;
}
type ModelClass = new (manifest: Manifest) => Model;

const load = createRequire(__filename);

/** What the published schema says against it: what is missing or of the wrong type, and every field it does not know. */
export function complaintsAbout(manifest: Manifest): string[] {
  const { apiVersion, kind } = manifest;
  const classes = load(`kubernetes-models/${apiVersion}`) as Readonly<Record<string, ModelClass | undefined>>;
  const Kind = classes[kind];
  if (Kind === undefined) return [`there is no ${kind} in ${apiVersion}`];
  const model = new Kind(manifest) as Model & Record<string, unknown>;
  const unread: (() => string[])[] = [];
  // The schemas do not forbid more fields than they know. But whoever checks a field reads it, so what was never read is not known.
  for (const field of ['metadata', 'spec']) {
    if (model[field] !== undefined) model[field] = watched(model[field], field, unread);
  }
  try {
    model.validate();
  } catch (error) {
    return [(error as Error).message];
  }
  return unread.flatMap((list) => list()).map((place) => `${place} is no field of ${kind}`);
}

function watched(value: unknown, place: string, unread: (() => string[])[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, at) => watched(item, `${place}[${at}]`, unread));
  const object = Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, watched(field, `${place}.${name}`, unread)]),
  );
  const read = new Set<string>();
  unread.push(() => Object.keys(object).flatMap((name) => (read.has(name) ? [] : [`${place}.${name}`])));
  return new Proxy(object, {
    get: (target, name) => {
      read.add(String(name));
      return target[name as string];
    },
  });
}
