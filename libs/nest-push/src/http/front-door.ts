import type { IncomingMessage, ServerResponse } from 'node:http';
import { PushError } from 'push-core';
import { answerOrigin } from './cors.js';
import { readJsonBody, refuseDepth, refuseHeaders, type BodyOutcome } from './json-body.js';
import { rawBodyOf, type Operation, type RawBody } from './operation.js';
import { sendProblem } from './problem.js';
import { readRawBody } from './raw-body.js';

export interface FrontDoorOptions {
  readonly operations: readonly Operation[];
  /** The application's global prefix, asked at each request: it may be set after the module was made. */
  prefix(): string;
  /** Origins whose pages may make a client's calls; empty: the server's own. */
  readonly allowedOrigins: readonly string[];
  readonly bodyLimitBytes: number;
  /** False where the framework reads bodies off the request itself, whoever was there before (Fastify). */
  readonly readsBodies: boolean;
}

type Request = IncomingMessage & { originalUrl?: string; body?: unknown };
export type FrontDoor = (request: Request, response: ServerResponse, next: () => void) => void;

interface Template {
  readonly operation: Operation;
  readonly segments: readonly string[];
}

/**
 * The first middleware of the HTTP API. Only for paths of the API it refuses foreign origins on a client's calls and methods
 * that are not there, and reads the JSON body under the API's own limits, so that none of it depends on the host's
 * middleware; what is not the API's passes untouched.
 */
export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const templates = options.operations.map((operation) => ({ operation, segments: segmentsOf(operation.path) }));

  return (request, response, next) => {
    const path = pathBehind(options.prefix(), request.originalUrl ?? request.url ?? '');
    const matching = path === undefined ? [] : matches(templates, segmentsOf(path));
    const isClients = matching.some(({ operation }) => operation.access === 'client');
    if (matching.length === 0 || (request.method === 'OPTIONS' && !isClients)) return next();

    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const methods = [...new Set(matching.map(({ operation }) => operation.method))];
    if (isClients && answerOrigin(request, response, { allowed: options.allowedOrigins, methods })) return;
    if (!decodable(path!)) {
      return sendProblem(
        response,
        new PushError('INVALID', 'The path is not valid percent-encoded UTF-8', { field: 'path' }),
      );
    }
    // Without its body a stream or a poll would be a link that nobody hears.
    const method = request.method === 'HEAD' && !isClients ? 'GET' : request.method;
    if (!methods.some((one) => one === method)) {
      response.setHeader('Allow', methods.join(', '));
      return sendProblem(response, new PushError('METHOD_NOT_ALLOWED', `This path takes ${methods.join(', ')}`));
    }
    if (method === 'GET' || method === 'DELETE' || !options.readsBodies) return next();
    const asked = matching.find(({ operation }) => operation.method === method)?.operation;
    void bodyOf(request, options.bodyLimitBytes, asked && rawBodyOf(asked)).then((outcome) => {
      switch (outcome.kind) {
        case 'gone':
          return;
        case 'refused':
          // What is still on its way is read and dropped; the client gets to see the answer.
          request.resume();
          return sendProblem(response, outcome.error);
        case 'none':
        case 'value':
          request.body = outcome.kind === 'value' ? outcome.value : undefined;
          return next();
      }
    });
  };
}

/** A body that somebody before has parsed is only looked at. */
async function bodyOf(request: Request, limitBytes: number, raw: RawBody | undefined): Promise<BodyOutcome> {
  if (raw) return request.readableEnded ? asItIs(request.body) : readRawBody(request, raw.limitBytes);
  if (!request.readableEnded) return readJsonBody(request, limitBytes);
  if (request.body === undefined) return { kind: 'none' };
  const error = refuseHeaders(request) ?? refuseDepth(request.body);
  return error ? { kind: 'refused', error } : { kind: 'value', value: request.body };
}

const asItIs = (value: unknown): BodyOutcome => (value === undefined ? { kind: 'none' } : { kind: 'value', value });

const segmentsOf = (path: string): string[] => path.replace(/\/$/, '').split('/').slice(1);

/** As Express compares: letters' case and a slash at the end do not matter. */
function matches(templates: readonly Template[], path: readonly string[]): Template[] {
  return templates.filter(
    ({ segments }) =>
      segments.length === path.length &&
      segments.every((segment, at) =>
        segment.startsWith('{') ? path[at] !== '' : segment === path[at]!.toLowerCase(),
      ),
  );
}

function pathBehind(prefix: string, url: string): string | undefined {
  const path = url.split(/[?#]/, 1)[0]!;
  const before = prefix.replace(/^\/*|\/*$/g, '');
  if (before === '') return path;
  return path.toLowerCase().startsWith(`/${before.toLowerCase()}/`) ? path.slice(before.length + 1) : undefined;
}

function decodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
