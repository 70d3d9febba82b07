import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { isPushError, PushError, type ErrorCode } from 'push-core';
import { sendProblem } from './problem.js';

/**
 * Turns everything thrown into a problem document. The API's own controllers carry it; a server that is nothing but
 * the API also makes it its global filter (`configureHttp`), for unknown paths and what the body parser refuses.
 */
@Catch()
export class PushProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('PushHttp');

  catch(thrown: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw thrown;
    const error = asPushError(thrown);
    if (error.code === 'INTERNAL') {
      this.logger.error(error.message, thrown instanceof Error ? causeOf(thrown).stack : String(thrown));
    }
    const response = host.switchToHttp().getResponse<ServerResponse & { raw?: ServerResponse }>();
    sendProblem(response.raw ?? response, error);
  }
}

const causeOf = (error: Error): Error => (isPushError(error) && error.cause instanceof Error ? error.cause : error);

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHORIZED',
  403: 'NOT_ALLOWED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'TOO_LARGE',
  429: 'RATE_LIMITED',
  503: 'OVERLOADED',
};

/** Nest's exceptions and the body parser's errors carry a status; anything else is a defect whose text stays inside. */
export function asPushError(thrown: unknown): PushError {
  if (isPushError(thrown)) return thrown;
  const status = statusOf(thrown);
  if (status === undefined || (status >= 500 && status !== 503)) {
    return new PushError('INTERNAL', 'The server failed to do this; try again', { cause: thrown });
  }
  const code = BY_STATUS[status] ?? 'INVALID';
  switch (code) {
    case 'NOT_FOUND':
      return new PushError(code, 'There is nothing at this path');
    case 'INVALID':
      return status === 415
        ? new PushError(code, 'Send the body as "application/json" in UTF-8', { field: 'content-type' })
        : new PushError(code, 'The request cannot be read', { field: parserField(thrown) });
    default:
      return new PushError(code, messageOf(code));
  }
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (thrown instanceof URIError) return 400;
  const status = (thrown as { status?: unknown; statusCode?: unknown } | undefined)?.status;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : undefined;
}

const parserField = (thrown: unknown): string | undefined =>
  thrown instanceof SyntaxError || (thrown as { type?: unknown }).type === 'entity.parse.failed' ? 'body' : undefined;

function messageOf(code: ErrorCode): string {
  switch (code) {
    case 'UNAUTHORIZED':
      return 'No valid credentials came with the request';
    case 'NOT_ALLOWED':
      return 'The credentials do not permit this';
    case 'METHOD_NOT_ALLOWED':
      return 'The path exists, not with this method';
    case 'TOO_LARGE':
      return 'The body is larger than the limit';
    case 'RATE_LIMITED':
      return 'Too many requests; try again later';
    default:
      return 'The server cannot take the request now';
  }
}
