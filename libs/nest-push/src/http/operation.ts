import type { ErrorCode, JsonSchema } from 'push-core';

/**
 * Who may call it: anyone; every key; keys that may publish; admin keys; a client with a token of its own; a provider whose request is
 * signed, which its handler verifies.
 */
export type Access = 'open' | 'read' | 'publish' | 'admin' | 'client' | 'signed';

export interface Answer {
  readonly status: number;
  readonly description: string;
  /** Absent: no body. */
  readonly schema?: JsonSchema;
  /** Default `application/json`. */
  readonly contentType?: string;
}

/** What is particular about an operation of a client. */
export interface ClientAccess {
  /** A one-time ticket in the query may stand for the token: for clients that cannot send a header. */
  readonly ticket?: boolean;
  /** It opens a link: whether the node takes one more is asked before anything else. */
  readonly link?: boolean;
  /** No device has to be known; the engine is given the token itself, and judges it. */
  readonly anyDevice?: boolean;
}

export interface JsonBody {
  readonly schema: JsonSchema;
  /** The schema documents what the engine checks itself. */
  readonly checkedBy?: 'engine';
  /** None counts as `{}`. */
  readonly optional?: true;
}

/** Of any type, handed over as text. */
export interface RawBody {
  readonly raw: true;
  readonly limitBytes: number;
}

/**
 * One call of the HTTP API, said once: it registers the route, guards it, checks its input and documents it.
 * Names in `{}` of the path are ids; `{topic}` is a topic's name, and `{tenant}` must be the caller's: an admin key names it so.
 */
export interface Operation {
  /** `operationId` in the OpenAPI document. */
  readonly id: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly access: Access;
  /** Where `access` is `client`. */
  readonly client?: ClientAccess;
  /** Schemas by parameter name. What is not named is refused. An array is repeated, or a list with commas. */
  readonly query?: Readonly<Record<string, JsonSchema>>;
  /** Those of the query that must be given. */
  readonly needs?: readonly string[];
  readonly headers?: Readonly<Record<string, JsonSchema>>;
  readonly body?: JsonBody | RawBody;
  readonly answer: Answer;
  /** Beyond those that every call may answer. */
  readonly errors?: readonly ErrorCode[];
}

export const parametersOf = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);

/** `/v1/users/{user}` → `/v1/users/:user` */
export const routePath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** A body that is handed over as it came: a signature counts its bytes. */
export const rawBodyOf = ({ body }: Operation): RawBody | undefined => (body && 'raw' in body ? body : undefined);
