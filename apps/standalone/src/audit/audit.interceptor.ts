import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { PUSH } from 'nest-push';
import { callOf, type Operation } from 'nest-push/http';
import { toPushError, type Push } from 'push-core';
import { catchError, concatMap, from, throwError, type Observable } from 'rxjs';
import type { AccountPrincipal } from '../accounts/account-authenticator.js';
import { addressOf } from '../people/console-request.js';
import type { Act } from './audit.js';
import type { AuditLog } from './audit-log.js';
import { auditExportOperation } from './audit.operations.js';
import { AUDIT_LOG } from './audit.tokens.js';

/** Whatever tenant the caller names beside, these are about the server. */
const OF_THE_SERVER: ReadonlySet<string> = new Set(['tenants', 'people', 'stats']);

/**
 * Writes down every administrative act, and everything that somebody who signed in changes, before the answer goes out:
 * whose act, on what, with what outcome. Looking at something is no act, but taking the audit log away is.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    @Inject(AUDIT_LOG) private readonly log: AuditLog,
    @Inject(PUSH) private readonly push: Push,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const { operation, principal, request } = callOf(context);
    const caller = principal as AccountPrincipal | undefined;
    if (!operation || !caller || !isAct(operation, caller)) return next.handle();
    const tenant = request.params.tenant ?? (OF_THE_SERVER.has(operation.tag) ? undefined : caller.tenant || undefined);
    const act: Omit<Act, 'outcome'> = {
      actor: caller.actor,
      tenant,
      action: operation.id,
      target: this.log.targets.of(request.params, tenant),
      address: addressOf(this.push, request),
    };
    return next.handle().pipe(
      concatMap(async (value: unknown) => {
        await this.log.record({ ...act, target: act.target ?? madeIn(value), outcome: 'ok' });
        return value;
      }),
      catchError((error: unknown) =>
        from(this.log.record({ ...act, outcome: toPushError(error).code })).pipe(
          concatMap(() => throwError(() => error)),
        ),
      ),
    );
  }
}

function isAct({ id, access, method }: Operation, { actor }: AccountPrincipal): boolean {
  if (id === auditExportOperation.id) return true;
  return method !== 'GET' && (access === 'admin' || actor.kind === 'person');
}

/** What was made is known only by its answer. */
function madeIn(answer: unknown): string | undefined {
  const id = typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : undefined;
  return typeof id === 'string' ? `id=${id}` : undefined;
}
