import type { IncomingMessage, ServerResponse } from 'node:http';
import { PushError } from 'push-core';
import { isAllowedOrigin } from 'push-core/http';
import { sendProblem } from './problem.js';

const HEADERS = 'Authorization, Content-Type, Last-Event-ID';
/** What a page may read of an answer beside what every page may. */
const EXPOSED = 'Retry-After, WWW-Authenticate';
/** Seconds a browser may remember the answer to a preflight. */
const REMEMBERED = '600';

/**
 * Calls that pages make: refused for an origin that is not on the list before anything else is looked at, and answered
 * with what a browser wants to see for one that is. True when the request has been answered. Not sending an origin is
 * fine: no cookie speaks for a client here.
 */
export function answerOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  { allowed, methods }: { allowed: readonly string[]; methods: readonly string[] },
): boolean {
  const { origin } = request.headers;
  response.setHeader('Vary', 'Origin');
  if (!isAllowedOrigin(request, allowed)) {
    sendProblem(response, new PushError('NOT_ALLOWED', 'This origin is not on the list of allowed origins'));
    return true;
  }
  if (origin !== undefined) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Expose-Headers', EXPOSED);
  }
  if (request.method !== 'OPTIONS') return false;
  response.statusCode = 204;
  response.setHeader('Allow', methods.join(', '));
  if (origin !== undefined && request.headers['access-control-request-method'] !== undefined) {
    response.setHeader('Access-Control-Allow-Methods', methods.join(', '));
    response.setHeader('Access-Control-Allow-Headers', HEADERS);
    response.setHeader('Access-Control-Max-Age', REMEMBERED);
  }
  response.end();
  return true;
}
