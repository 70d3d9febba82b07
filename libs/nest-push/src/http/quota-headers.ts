import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import type { Push } from 'push-core';
import { catchError, from, mergeMap } from 'rxjs';
import { PUSH } from '../tokens.js';
import { principalOf, requestOf } from './metadata.js';

/**
 * Says with every answer to a publish, refused or not, what is left of what the tenant may publish on this node: `RateLimit-Policy` and
 * `RateLimit` of draft-ietf-httpapi-ratelimit-headers.
 */
@Injectable()
export class QuotaHeaders implements NestInterceptor {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  intercept(context: ExecutionContext, next: CallHandler): ReturnType<CallHandler['handle']> {
    const told = () => this.tell(context).catch(() => undefined);
    return next.handle().pipe(
      mergeMap((answer: unknown) => from(told().then(() => answer))),
      catchError((error: Error) => from(told().then(() => Promise.reject(error)))),
    );
  }

  private async tell(context: ExecutionContext): Promise<void> {
    const tenant = principalOf(requestOf(context))?.tenant;
    if (tenant === undefined) return;
    const { limit, windowMs, remaining, resetMs } = (await this.push.quota(tenant)).publishes;
    const response = context.switchToHttp().getResponse<ServerResponse & { raw?: ServerResponse }>();
    const raw = response.raw ?? response;
    if (raw.headersSent) return;
    raw.setHeader('RateLimit-Policy', `"publishes";q=${limit};w=${Math.ceil(windowMs / 1000)}`);
    raw.setHeader('RateLimit', `"publishes";r=${remaining};t=${Math.ceil(resetMs / 1000)}`);
  }
}
