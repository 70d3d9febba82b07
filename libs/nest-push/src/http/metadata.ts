import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Guest } from 'push-core';
import type { Principal } from './api-authenticator.js';
import type { Operation } from './operation.js';

/** Metadata key: the `Operation` of a handler. */
export const OPERATION = 'nest-push:operation';

const CHECKED = Symbol.for('nest-push.checked');
const PRINCIPAL = Symbol.for('nest-push.principal');
const CLIENT = Symbol.for('nest-push.client');

/** A request as Express and Fastify both hand it over. */
export interface HttpRequest extends IncomingMessage {
  body?: unknown;
  /** Kept by Nest where the application was created with `rawBody`. */
  rawBody?: Buffer;
  params: Record<string, string>;
  query: Record<string, unknown>;
  [CHECKED]?: Input;
  [PRINCIPAL]?: Principal;
  [CLIENT]?: Client;
}

/** Whose token came with a request: verified, or as it is where the engine shall judge it. */
export type Client = { readonly guest: Guest } | { readonly token: string };

/** What a handler is given of the request: checked against its operation, nothing else in it. */
export interface Input<Body = unknown, Query = unknown> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** By the name the operation documents. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Body;
}

export const requestOf = (context: ExecutionContext): HttpRequest => context.switchToHttp().getRequest<HttpRequest>();

/** What an interceptor or a filter of the host may know of a call: the operation that answers it, and who calls. */
export interface Call {
  /** Undefined: a handler that is none of this API's. */
  readonly operation?: Operation;
  /** Undefined where no key is asked for, and before the guards. */
  readonly principal?: Principal;
  readonly request: IncomingMessage & { readonly params: Readonly<Record<string, string>> };
}

export function callOf(context: ExecutionContext): Call {
  const request = requestOf(context);
  const operation = Reflect.getMetadata(OPERATION, context.getHandler()) as Operation | undefined;
  return { operation, principal: request[PRINCIPAL], request };
}

export function setInput(request: HttpRequest, input: Input): void {
  request[CHECKED] = input;
}

export function setPrincipal(request: HttpRequest, principal: Principal): void {
  request[PRINCIPAL] = principal;
}

export const principalOf = (request: HttpRequest): Principal | undefined => request[PRINCIPAL];

export function setClient(request: HttpRequest, client: Client): void {
  request[CLIENT] = client;
}

/** Parameter of a handler: its `Input`. */
export const CheckedInput = createParamDecorator(
  (_: unknown, context: ExecutionContext) => requestOf(context)[CHECKED],
);

/** Parameter of a handler: the `Principal` whose key came with the request. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) => requestOf(context)[PRINCIPAL]);

/** Parameter of a handler of a client's operation: its `Guest`. */
export const ClientGuest = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const client = requestOf(context)[CLIENT];
  return client && 'guest' in client ? client.guest : undefined;
});

/** Parameter of a handler whose operation has `anyDevice`: the token that came with the request, unverified. */
export const ClientToken = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const client = requestOf(context)[CLIENT];
  return client && 'token' in client ? client.token : undefined;
});
