import type { ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode, type PushError } from 'push-core';

/** RFC 9457 problem document. */
export interface Problem {
  /** `urn:nest-push:error:<code>` */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  /** The same call may succeed later. */
  readonly retryable: boolean;
  /** The field at fault: a path in the body, or the name of a parameter or header. */
  readonly field?: string;
}

export const problemType = (code: ErrorCode): string => `urn:nest-push:error:${code}`;

export function problemOf(error: PushError): Problem {
  return {
    type: problemType(error.code),
    title: ERRORS[error.code].title,
    status: error.status,
    detail: error.message,
    code: error.code,
    retryable: error.retryable,
    ...(error.field === undefined ? {} : { field: error.field }),
  };
}

/** Answers with the problem document; without effect on the body where an answer has begun. */
export function sendProblem(response: ServerResponse, error: PushError): void {
  if (response.headersSent) return void response.end();
  response.statusCode = error.status;
  if (error.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="nest-push"');
  if (error.status === 429 || error.status === 503) {
    response.setHeader('Retry-After', String(Math.max(1, Math.ceil((error.retryAfterMs ?? 1000) / 1000))));
  }
  response.removeHeader('ETag');
  response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.end(JSON.stringify(problemOf(error)));
}
