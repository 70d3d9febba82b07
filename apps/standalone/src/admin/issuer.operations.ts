import type { Operation } from 'nest-push/http';
import type { JsonSchema } from 'push-core';
import { exactly, object, text } from './admin.schemas.js';

const MOST_ISSUERS = 10;
const url: JsonSchema = { type: 'string', minLength: 1, maxLength: 2048, pattern: '^https?://\\S+$' };
const issuer = exactly(
  {
    issuer: { type: 'string', minLength: 1, maxLength: 512, pattern: '^\\S+$', description: '`iss`, exactly' },
    jwksUrl: url,
  },
  {
    audience: { type: 'string', minLength: 1, maxLength: 512, description: 'one of `aud`' },
    algorithms: {
      type: 'array',
      items: { enum: ['RS256', 'ES256', 'EdDSA'] },
      minItems: 1,
      uniqueItems: true,
      description: 'default: all three',
    },
  },
);
const issuers: JsonSchema = { type: 'array', items: issuer, maxItems: MOST_ISSUERS };

export const issuersOperation: Operation = {
  id: 'tenantIssuers',
  method: 'GET',
  path: '/v1/tenants/{tenant}/issuers',
  tag: 'tenants',
  summary: 'Who else issues client tokens of the tenant',
  access: 'admin',
  answer: {
    status: 200,
    description: 'The issuers',
    schema: object({ issuers: { type: 'array', items: object({ issuer: text, jwksUrl: text }) } }),
  },
  errors: ['NOT_FOUND'],
};

export const putIssuersOperation: Operation = {
  id: 'putTenantIssuers',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/issuers',
  tag: 'tenants',
  summary: 'Let others issue client tokens of the tenant, by their keys at an address',
  access: 'admin',
  body: { schema: exactly({ issuers }) },
  answer: { status: 200, description: 'The issuers', schema: object({ issuers }) },
  errors: ['NOT_FOUND'],
};

export const issuerOperations: readonly Operation[] = [issuersOperation, putIssuersOperation];
