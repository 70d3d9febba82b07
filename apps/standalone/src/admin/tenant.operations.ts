import type { Operation } from 'nest-push/http';
import { idSchema, type JsonSchema } from 'push-core';
import { count, exactly, nameSchema, object, overlapMs, text, time } from './admin.schemas.js';

const MOST = 2 ** 31 - 1;
const whole = (maximum: number, description: string): JsonSchema => ({
  type: 'integer',
  minimum: 1,
  maximum,
  description,
});
const limits = {
  publishesPerSecond: whole(MOST, 'on each node'),
  connections: whole(MOST, 'live ones, on each node'),
  recipientsPerMessage: whole(MOST, 'users and devices one message may name'),
  storedBytes: whole(Number.MAX_SAFE_INTEGER, 'of its messages'),
  retentionMs: whole(Number.MAX_SAFE_INTEGER, 'how long messages are kept, milliseconds'),
  weight: whole(100, 'its share where tenants wait for each other, default 1'),
};
export const limitsSchema = exactly({}, limits);

const tenantParts = { id: text, createdAt: time, limits: limitsSchema, issuers: count };
const tenantMay = { name: text, suspendedAt: time, suspendReason: text };
const tenant = object(tenantParts, tenantMay);
const usage = object({
  connections: count,
  storedBytes: count,
  storedMessages: count,
  publishes: object({ limit: count, remaining: count, resetMs: count }),
});
const SERVER_ADMIN = 'With the admin key of the server';

export const createTenantOperation: Operation = {
  id: 'createTenant',
  method: 'POST',
  path: '/v1/tenants',
  tag: 'tenants',
  summary: `Make a tenant. ${SERVER_ADMIN}`,
  access: 'admin',
  body: { schema: exactly({ id: idSchema }, { name: nameSchema, limits: limitsSchema }) },
  answer: { status: 201, description: 'The tenant', schema: tenant },
};

export const tenantsOperation: Operation = {
  id: 'tenants',
  method: 'GET',
  path: '/v1/tenants',
  tag: 'tenants',
  summary: `Tenants, by id. ${SERVER_ADMIN}`,
  access: 'admin',
  query: {
    after: { ...idSchema, description: 'only those behind this id' },
    limit: { type: 'integer', minimum: 1, maximum: 1000, description: 'default 100' },
  },
  answer: {
    status: 200,
    description: 'The tenants; `next` is the `after` of the next page, where there is one',
    schema: object({ tenants: { type: 'array', items: tenant } }, { next: text }),
  },
};

export const tenantOperation: Operation = {
  id: 'tenant',
  method: 'GET',
  path: '/v1/tenants/{tenant}',
  tag: 'tenants',
  summary: 'A tenant, and what it uses at the moment',
  access: 'admin',
  answer: { status: 200, description: 'The tenant', schema: object({ ...tenantParts, usage }, tenantMay) },
  errors: ['NOT_FOUND'],
};

export const tenantLimitsOperation: Operation = {
  id: 'putTenantLimits',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/limits',
  tag: 'tenants',
  summary: `What the tenant may do at most; what is left out is the server's default. ${SERVER_ADMIN}`,
  access: 'admin',
  body: { schema: limitsSchema },
  answer: { status: 200, description: 'The tenant', schema: tenant },
  errors: ['NOT_FOUND'],
};

export const suspendTenantOperation: Operation = {
  id: 'suspendTenant',
  method: 'POST',
  path: '/v1/tenants/{tenant}/suspend',
  tag: 'tenants',
  summary: `Take no publishes and no connections of the tenant; nothing is lost. ${SERVER_ADMIN}`,
  access: 'admin',
  body: {
    schema: exactly({}, { reason: { ...nameSchema, description: 'told to the tenant' } }),
    optional: true,
  },
  answer: { status: 200, description: 'The tenant', schema: tenant },
  errors: ['NOT_FOUND'],
};

export const resumeTenantOperation: Operation = {
  id: 'resumeTenant',
  method: 'POST',
  path: '/v1/tenants/{tenant}/resume',
  tag: 'tenants',
  summary: `End of the suspension: what waited goes on. ${SERVER_ADMIN}`,
  access: 'admin',
  answer: { status: 200, description: 'The tenant', schema: tenant },
  errors: ['NOT_FOUND'],
};

export const deleteTenantOperation: Operation = {
  id: 'deleteTenant',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}',
  tag: 'tenants',
  summary: `Erase the tenant with everything kept about it and its users. ${SERVER_ADMIN}`,
  access: 'admin',
  query: { confirm: { ...idSchema, description: 'the id once more' } },
  needs: ['confirm'],
  answer: {
    status: 200,
    description:
      'How much was erased, by kind. Not finished: it goes on; the tenant is suspended until the call is made again',
    schema: object({ erased: { type: 'object', additionalProperties: count }, finished: { type: 'boolean' } }),
  },
  errors: ['NOT_FOUND'],
};

export const rotateSecretOperation: Operation = {
  id: 'rotateTenantSecret',
  method: 'POST',
  path: '/v1/tenants/{tenant}/secrets',
  tag: 'tenants',
  summary: 'A new secret for client tokens; those signed with the one before stay good for a while',
  access: 'admin',
  body: { schema: exactly({}, { overlapMs }), optional: true },
  answer: {
    status: 201,
    description: 'When, and until when the one before is good',
    schema: object({ rotatedAt: time, previousUntil: time }),
  },
  errors: ['NOT_FOUND'],
};

export const tenantOperations: readonly Operation[] = [
  createTenantOperation,
  tenantsOperation,
  tenantOperation,
  tenantLimitsOperation,
  suspendTenantOperation,
  resumeTenantOperation,
  deleteTenantOperation,
  rotateSecretOperation,
];
