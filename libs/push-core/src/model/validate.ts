import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { PushError } from '../errors.js';

/** A JSON Schema (2020-12); the same objects document the HTTP API. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Returns the value, typed, or throws a PushError that names the field at fault. */
export type Validator<T> = (value: unknown) => T;

/** `root` is what an error calls the value itself, for example `body`. */
export function createValidator<T>(schema: JsonSchema, root: string): Validator<T> {
  // The schemas are our own: checking them against the meta schema at every start would cost more than all else there.
  const ajv = new Ajv2020({ allErrors: false, strict: false, verbose: true, meta: false, validateSchema: false });
  const check: ValidateFunction = ajv.compile(schema);
  return (value) => {
    if (check(value)) return value as T;
    throw describe(check.errors?.[0], root);
  };
}

function describe(error: ErrorObject | undefined, root: string): PushError {
  if (!error) return new PushError('INVALID', `${root} is not valid`, { field: root });
  const at = fieldPath(error.instancePath);
  if (error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties') {
    const field = join(at, String(error.params.additionalProperty ?? error.params.unevaluatedProperty));
    return new PushError('UNKNOWN_FIELD', `There is no field "${field}"; remove it`, { field });
  }
  const field = error.keyword === 'required' ? join(at, String(error.params.missingProperty)) : at || root;
  return new PushError('INVALID', `"${field}" ${complaint(error)}`, { field });
}

function complaint(error: ErrorObject): string {
  const schema = error.parentSchema as { description?: string } | undefined;
  const hint = schema?.description ? ` (${schema.description})` : '';
  switch (error.keyword) {
    case 'required':
      return 'is missing';
    case 'enum':
      return `must be one of ${(error.params.allowedValues as unknown[]).map((one) => JSON.stringify(one)).join(', ')}`;
    case 'minProperties':
    case 'minItems':
      return `must not be empty${hint}`;
    case 'pattern':
      return `is not allowed${hint}`;
    default:
      return `${error.message ?? 'is not valid'}${hint}`;
  }
}

/** `/to/users/2` → `to.users[2]` */
function fieldPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), '');
}

const join = (path: string, name: string): string => (path ? `${path}.${name}` : name);
