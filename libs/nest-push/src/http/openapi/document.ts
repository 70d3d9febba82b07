import { ERRORS, type ErrorCode, type JsonSchema } from 'push-core';
import { parametersOf, type Operation } from '../operation.js';
import { parameterSchema } from '../request-check.js';
import { namedSchemas, problemSchema } from './schemas.js';

type Json = Record<string, unknown>;

/** An OpenAPI 3.1 document of the operations, out of the very schemas that check them. */
export function buildOpenApi(operations: readonly Operation[], info: { title: string; version: string }): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info,
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key. An admin key adds X-Tenant' },
        clientToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: "A client's token" },
        providerSignature: {
          type: 'apiKey',
          in: 'header',
          name: 'webhook-signature',
          description: "Signed as the provider signs, with the tenant's credentials there",
        },
        clientTicket: { type: 'apiKey', in: 'query', name: 'ticket', description: 'Good for 30 s and one use' },
      },
      schemas: Object.fromEntries(Object.entries(namedSchemas).map(([name, schema]) => [name, mapInside(schema)])),
    },
  };
}

function describe(operation: Operation): Json {
  const parameters = [
    ...parametersOf(operation.path).map((name) => parameter('path', name, parameterSchema(name))),
    ...Object.entries(operation.query ?? {}).map(([name, schema]) =>
      parameter('query', name, schema, operation.needs?.includes(name)),
    ),
    ...Object.entries(operation.headers ?? {}).map(([name, schema]) => parameter('header', name, schema)),
  ];
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...securityOf(operation),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBodyOf(operation),
    responses: {
      [operation.answer.status]: {
        description: operation.answer.description,
        ...(operation.answer.schema
          ? {
              content: {
                [operation.answer.contentType ?? 'application/json']: { schema: ref(operation.answer.schema) },
              },
            }
          : {}),
      },
      ...problems(codesOf(operation)),
    },
  };
}

function requestBodyOf({ body }: Operation): Json {
  if (!body) return {};
  if ('raw' in body) return { requestBody: { content: { '*/*': { schema: { type: 'string' } } } } };
  const content = { 'application/json': { schema: ref(body.schema) } };
  return { requestBody: { required: !body.optional, content } };
}

function securityOf({ access, client }: Operation): Json {
  switch (access) {
    case 'open':
      return { security: [] };
    case 'signed':
      return { security: [{ providerSignature: [] }] };
    case 'client':
      return { security: [{ clientToken: [] }, ...(client?.ticket ? [{ clientTicket: [] }] : [])] };
    case 'read':
    case 'publish':
    case 'admin':
      return {};
  }
}

const parameter = (where: string, name: string, schema: JsonSchema, required = where === 'path'): Json => ({
  in: where,
  name,
  ...(required ? { required } : {}),
  schema: ref(schema),
});

/** What an operation may answer, with what follows from its kind. */
function codesOf({ access, body, path, query, headers, errors = [] }: Operation): Set<ErrorCode> {
  const codes = new Set<ErrorCode>(errors);
  if (access !== 'open') codes.add('UNAUTHORIZED').add('NOT_ALLOWED');
  if (access === 'client') codes.add('TOKEN_EXPIRED').add('REVOKED').add('STORE_UNAVAILABLE');
  if (body) codes.add('TOO_LARGE');
  if (body || query || headers || path.includes('{')) codes.add('INVALID');
  return codes.add('UNKNOWN_FIELD').add('INTERNAL');
}

function problems(codes: ReadonlySet<ErrorCode>): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(ERRORS[code].status, [...(byStatus.get(ERRORS[code].status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      { description: some.join(', '), content: { 'application/problem+json': { schema: ref(problemSchema) } } },
    ]),
  );
}

/** A named schema is referred to, wherever it is used. */
function ref(schema: unknown): unknown {
  const name = Object.keys(namedSchemas).find((one) => namedSchemas[one] === schema);
  return name === undefined ? mapInside(schema) : { $ref: `#/components/schemas/${name}` };
}

function mapInside(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(ref);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, ref(value)]));
}
