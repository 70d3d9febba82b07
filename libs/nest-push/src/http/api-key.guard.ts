import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { createValidator, idSchema, PushError } from 'push-core';
import type { ApiAuthenticator, Role } from './api-authenticator.js';
import { API_AUTHENTICATOR } from './http.tokens.js';
import { OPERATION, requestOf, setPrincipal } from './metadata.js';
import type { Access, Operation } from './operation.js';

const MAY: Readonly<Record<Role, readonly Access[]>> = {
  reader: ['open', 'read'],
  publisher: ['open', 'read', 'publish'],
  admin: ['open', 'read', 'publish', 'admin'],
};

const checkTenant = createValidator<string>(idSchema, 'X-Tenant');
const checkPathTenant = createValidator<string>(idSchema, 'tenant');

/** `Authorization: Bearer <API key>`, and the key's role must allow the operation. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(API_AUTHENTICATOR) private readonly authenticator: ApiAuthenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const operation = this.reflector.get<Operation | undefined>(OPERATION, context.getHandler());
    // A handler without an operation is nobody's by mistake: closed but for admin keys.
    const access = operation?.access ?? 'admin';
    // A client's token is no API key: the next guard looks at it. A signature is the handler's to verify.
    if (access === 'open' || access === 'client' || access === 'signed') return true;

    const request = requestOf(context);
    const key = bearerOf(request.headers.authorization);
    if (!key) throw new PushError('UNAUTHORIZED', 'Send the API key as "Authorization: Bearer <key>"');
    const tenantHeader = request.headers['x-tenant'];
    const named = tenantHeader === undefined ? undefined : checkTenant(tenantHeader);
    const inPath = operation?.path.includes('{tenant}') ? checkPathTenant(request.params.tenant) : undefined;
    // Two of them that differ: the key's own tenant, if anybody's, is not the one of the path.
    const tenant = named ?? inPath;

    const outcome = await this.authenticator.authenticate(key, tenant);
    switch (outcome.kind) {
      case 'unauthorized':
        throw new PushError('UNAUTHORIZED', 'The API key is not known');
      case 'not-found':
        throw new PushError('NOT_FOUND', `There is no such ${outcome.what}`, { field: named ? 'X-Tenant' : 'tenant' });
      case 'ok':
        if (!MAY[outcome.principal.role].includes(access)) {
          throw new PushError('NOT_ALLOWED', `A key with the role ${outcome.principal.role} may not do this`);
        }
        // Whoever has no key for it learns nothing of which tenants there are.
        if (inPath !== undefined && inPath !== outcome.principal.tenant)
          throw new PushError('NOT_FOUND', 'There is no such tenant', { field: 'tenant' });
        setPrincipal(request, outcome.principal);
        return true;
    }
  }
}

/** Visible ASCII, 512 characters at most. */
function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,512})$/i.exec(header ?? '')?.[1];
}
