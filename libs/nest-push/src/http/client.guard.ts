import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { PushError, type Credentials, type Push } from 'push-core';
import { PUSH } from '../tokens.js';
import { OPERATION, requestOf, setClient } from './metadata.js';
import type { Operation } from './operation.js';
import { compileQuery, type QueryCheck } from './request-check.js';

/**
 * `Authorization: Bearer <client token>`, or a ticket in the query where the operation takes one. The query is checked
 * first: a token in a URL is refused as the unknown field it is, and no ticket is spent on a request that is wrong anyway.
 */
@Injectable()
export class ClientGuard implements CanActivate {
  private readonly queries = new Map<Operation, QueryCheck>();

  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(PUSH) private readonly push: Push,
  ) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const operation = this.reflector.get<Operation | undefined>(OPERATION, context.getHandler());
    if (operation?.access !== 'client') return true;
    const { ticket: takesTicket = false, link = false, anyDevice = false } = operation.client ?? {};

    const request = requestOf(context);
    const refusal = link ? this.push.refusal(this.push.addressOf(request)) : undefined;
    if (refusal) throw refusal;
    const { device, ticket } = this.queryOf(operation)(request) as { device?: string; ticket?: string };
    const credentials = credentialsOf(request.headers.authorization, takesTicket ? ticket : undefined);
    if (anyDevice && 'token' in credentials) setClient(request, credentials);
    else setClient(request, { guest: await this.push.identify(credentials, device) });
    return true;
  }

  private queryOf(operation: Operation): QueryCheck {
    const known = this.queries.get(operation);
    if (known) return known;
    const check = compileQuery(operation);
    this.queries.set(operation, check);
    return check;
  }
}

function credentialsOf(header: string | undefined, ticket: string | undefined): Credentials {
  // Visible ASCII; the length is what a JWT of ours has at most.
  const token = /^Bearer +([\x21-\x7e]{1,8192})$/i.exec(header ?? '')?.[1];
  if (ticket !== undefined && header !== undefined) {
    throw new PushError('INVALID', 'Send either "Authorization" or "ticket"', { field: 'ticket' });
  }
  if (ticket !== undefined) return { ticket };
  if (token !== undefined) return { token };
  throw new PushError('UNAUTHORIZED', 'Send the client token as "Authorization: Bearer <token>"');
}
