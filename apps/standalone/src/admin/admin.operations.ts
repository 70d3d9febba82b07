import type { Operation } from 'nest-push/http';
import { idSchema, type JsonSchema } from 'push-core';
import { ROLES } from '../accounts/accounts.js';

const text: JsonSchema = { type: 'string' };
const time: JsonSchema = { type: 'integer', description: 'Unix milliseconds' };
const role: JsonSchema = { enum: ROLES };
const object = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});
const exactly = (properties: Record<string, JsonSchema>): JsonSchema => ({
  ...object(properties),
  additionalProperties: false,
});

const tenant = object({ id: text, createdAt: time });
const key = object({ id: text, tenant: text, role, createdAt: time });
const newKey = object({
  id: text,
  tenant: text,
  role,
  createdAt: time,
  key: { ...text, description: 'shown this once' },
});

export const createTenantOperation: Operation = {
  id: 'createTenant',
  method: 'POST',
  path: '/v1/tenants',
  tag: 'tenants',
  summary: 'Make a tenant. With the admin key of the server',
  access: 'admin',
  body: { schema: exactly({ id: idSchema }) },
  answer: { status: 201, description: 'The tenant', schema: tenant },
};

export const tenantsOperation: Operation = {
  id: 'tenants',
  method: 'GET',
  path: '/v1/tenants',
  tag: 'tenants',
  summary: 'All tenants, by id. With the admin key of the server',
  access: 'admin',
  answer: { status: 200, description: 'The tenants', schema: object({ tenants: { type: 'array', items: tenant } }) },
};

export const createKeyOperation: Operation = {
  id: 'createKey',
  method: 'POST',
  path: '/v1/keys',
  tag: 'keys',
  summary: 'Make an API key of the tenant',
  access: 'admin',
  body: { schema: exactly({ role }) },
  answer: { status: 201, description: 'The key, for the only time', schema: newKey },
};

export const keysOperation: Operation = {
  id: 'keys',
  method: 'GET',
  path: '/v1/keys',
  tag: 'keys',
  summary: 'The API keys of the tenant, without what is secret',
  access: 'admin',
  answer: { status: 200, description: 'The keys', schema: object({ keys: { type: 'array', items: key } }) },
};

export const removeKeyOperation: Operation = {
  id: 'removeKey',
  method: 'DELETE',
  path: '/v1/keys/{id}',
  tag: 'keys',
  summary: 'Refuse the key from now on',
  access: 'admin',
  answer: { status: 204, description: 'The key is good no more' },
  errors: ['NOT_FOUND'],
};

export const adminOperations: readonly Operation[] = [
  createTenantOperation,
  tenantsOperation,
  createKeyOperation,
  keysOperation,
  removeKeyOperation,
];
