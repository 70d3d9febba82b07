import type { Operation } from 'nest-push/http';
import type { JsonSchema } from 'push-core';

/** What stands for a name in a path, a query or a body. */
export type Names = Readonly<Record<string, string | number>>;

export interface SampleRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/**
 * A request that the operation would take, made from what it says about itself: a route that is added tomorrow is called
 * as well. What `names` knows is given wherever it may be; of the rest only what must be.
 */
export function sampleRequest(operation: Operation, names: Names): SampleRequest {
  const { method, path, query = {}, needs = [], body } = operation;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(names[name] ?? `some-${name}`)),
  );
  const asked = Object.entries(query)
    .filter(([name]) => needs.includes(name) || name in names)
    .map(([name, schema]) => [name, String(sampleOf(schema, name, names))] as [string, string]);
  const search = asked.length > 0 ? `?${new URLSearchParams(asked).toString()}` : '';
  const takesBody = body && (method === 'POST' || method === 'PUT');
  if (!takesBody) return { method, path: filled + search };
  return { method, path: filled + search, body: 'raw' in body ? '{}' : sampleOf(body.schema, 'body', names) };
}

function sampleOf(schema: JsonSchema, name: string, names: Names): unknown {
  if (name in names) return fitting(schema, names[name]);
  const {
    type,
    enum: values,
    const: only,
    anyOf,
    oneOf,
  } = schema as {
    type?: string;
    enum?: unknown[];
    const?: unknown;
    anyOf?: JsonSchema[];
    oneOf?: JsonSchema[];
  };
  if (only !== undefined) return only;
  if (values) return values[0];
  const choice = (anyOf ?? oneOf)?.[0];
  if (choice && type === undefined) return sampleOf(choice, name, names);
  switch (type) {
    case 'object':
      return sampleObject(schema, names);
    case 'array':
      return [sampleOf((schema.items ?? {}) as JsonSchema, singular(name), names)];
    case 'integer':
    case 'number':
      return Math.max(1, Number(schema.minimum ?? 1));
    case 'boolean':
      return false;
    case 'string':
      return (schema.pattern as string | undefined)?.includes('http')
        ? 'https://example.com/x'
        : 'sample'.padEnd(Number(schema.minLength ?? 0), 'x');
    default:
      return 'sample';
  }
}

function sampleObject(schema: JsonSchema, names: Names): unknown {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const required = (schema.required ?? []) as string[];
  const wanted = Object.keys(properties).filter(
    (one) => required.includes(one) || one in names || singular(one) in names,
  );
  const least = Number(schema.minProperties ?? 0) > 0 ? Object.keys(properties).slice(0, 1) : [];
  return Object.fromEntries(
    (wanted.length > 0 ? wanted : least).map((one) => [one, sampleOf(properties[one] ?? {}, one, names)]),
  );
}

const singular = (name: string): string => name.replace(/s$/, '');

const fitting = ({ type }: JsonSchema, value: unknown): unknown =>
  type === 'array' && !Array.isArray(value) ? [value] : value;
