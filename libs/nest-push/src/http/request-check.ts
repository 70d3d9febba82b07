import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { createValidator, idSchema, PushError, topicSchema, type JsonSchema, type Validator } from 'push-core';
import { OPERATION, requestOf, setInput, type HttpRequest, type Input } from './metadata.js';
import { parametersOf, rawBodyOf, type Operation } from './operation.js';

type Check = (request: HttpRequest) => Input;

/** Checks path, query, headers and body against the operation, after the guard and before the handler. */
@Injectable()
export class RequestCheck implements NestInterceptor {
  private readonly checks = new Map<Operation, Check>();

  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): ReturnType<CallHandler['handle']> {
    const operation = this.reflector.get<Operation | undefined>(OPERATION, context.getHandler());
    if (operation) {
      const request = requestOf(context);
      setInput(request, this.checkOf(operation)(request));
    }
    return next.handle();
  }

  private checkOf(operation: Operation): Check {
    const known = this.checks.get(operation);
    if (known) return known;
    const check = compile(operation);
    this.checks.set(operation, check);
    return check;
  }
}

/** A path parameter's schema, by its name. */
export const parameterSchema = (name: string): JsonSchema => (name === 'topic' ? topicSchema : idSchema);

function compile(operation: Operation): Check {
  const names = parametersOf(operation.path);
  const params = createValidator<Input['params']>(
    strict(Object.fromEntries(names.map((name) => [name, parameterSchema(name)]))),
    'path',
  );
  const query = compileQuery(operation);
  const headers = Object.entries(operation.headers ?? {}).map(
    ([name, schema]) => [name, createValidator<string>(schema, name)] as const,
  );
  const body = bodyCheck(operation);

  return (request) => ({
    params: params({ ...request.params }),
    query: query(request),
    headers: Object.fromEntries(
      headers.map(([name, check]) => {
        const value = request.headers[name.toLowerCase()];
        return [name, value === undefined ? undefined : check(value)];
      }),
    ),
    body: body(rawBodyOf(operation) ? textOf(request) : request.body),
  });
}

export type QueryCheck = (request: HttpRequest) => Record<string, unknown>;

export function compileQuery({ query = {}, needs = [] }: Operation): QueryCheck {
  const check = createValidator<Record<string, unknown>>(strict(query), 'query');
  return (request) => {
    const checked = check(typed(request.query, query));
    const missing = needs.find((name) => checked[name] === undefined);
    if (missing === undefined) return checked;
    throw new PushError('INVALID', `"${missing}" is missing in the query`, { field: missing });
  };
}

function bodyCheck({ body, method }: Operation): Validator<unknown> {
  if (method === 'GET' || method === 'DELETE') return () => undefined;
  if (!body) {
    const empty = createValidator(strict({}), 'body');
    return (value) => empty(value ?? {});
  }
  if ('raw' in body) return rawText;
  if (body.checkedBy !== 'engine') {
    const check = createValidator<unknown>(body.schema, 'body');
    return body.optional ? (value) => check(value === undefined ? {} : value) : check;
  }
  return (value) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    throw new PushError('INVALID', '"body" must be a JSON object', { field: 'body' });
  };
}

/** As the front door read it; a framework that read it before must have kept it (`rawBody: true` of Nest). */
const textOf = ({ body, rawBody }: HttpRequest): unknown =>
  typeof body === 'string' ? body : (rawBody?.toString() ?? body);

function rawText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new PushError('NOT_SUPPORTED', 'The application has parsed the body; create it with "rawBody: true"');
}

const strict = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  properties,
  additionalProperties: false,
});

/** A query holds text; where a whole number is meant, plain digits become one, and a list may be written with commas. */
function typed(query: Record<string, unknown>, schemas: Readonly<Record<string, JsonSchema>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      const type = Object.hasOwn(schemas, name) ? schemas[name]!.type : undefined;
      if (type === 'integer' && typeof value === 'string' && /^\d{1,15}$/.test(value)) return [name, Number(value)];
      if (type === 'array') return [name, listed(value)];
      return [name, value];
    }),
  );
}

const listed = (value: unknown): unknown[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
    typeof one === 'string' ? one.split(',') : [one],
  );
