import { policySettingsSchema, type JsonSchema } from 'push-core';
import type { Operation } from '../operation.js';
import { answer, listOf, providerStateSchema, text } from './schemas.js';

const tag = 'providers';
const path = '/v1/tenants/{tenant}/providers/{provider}';

const credentialsSchema: JsonSchema = {
  type: 'object',
  description: 'as the provider names them; docs/providers.md lists them. Never shown again',
};

export const providersOperation: Operation = {
  id: 'providers',
  method: 'GET',
  path: '/v1/tenants/{tenant}/providers',
  tag,
  summary: 'Providers the tenant has credentials for, without the credentials',
  access: 'admin',
  answer: { status: 200, description: 'By name', schema: answer({ providers: listOf(providerStateSchema) }) },
  errors: ['NOT_FOUND', 'NOT_SUPPORTED', 'STORE_UNAVAILABLE'],
};

export const providerOperation: Operation = {
  id: 'provider',
  method: 'GET',
  path,
  tag,
  summary: 'Whether there are credentials, their fingerprint, and whether the provider is asked at the moment',
  access: 'admin',
  answer: { status: 200, description: 'Without the credentials', schema: providerStateSchema },
  errors: ['NOT_FOUND', 'NOT_SUPPORTED', 'STORE_UNAVAILABLE'],
};

export const putProviderOperation: Operation = {
  id: 'putProvider',
  method: 'PUT',
  path,
  tag,
  summary: "Set the tenant's credentials at a provider, in place of any before",
  access: 'admin',
  body: { schema: credentialsSchema, checkedBy: 'engine' },
  answer: { status: 200, description: 'Stored; in use on every node within seconds', schema: providerStateSchema },
  errors: ['NOT_FOUND', 'NOT_SUPPORTED', 'STORE_UNAVAILABLE', 'STORE_FULL'],
};

export const removeProviderOperation: Operation = {
  id: 'removeProvider',
  method: 'DELETE',
  path,
  tag,
  summary: 'Remove the credentials; the provider is not used any more. No error where there are none',
  access: 'admin',
  answer: { status: 204, description: 'There are none now' },
  errors: ['NOT_FOUND', 'NOT_SUPPORTED', 'STORE_UNAVAILABLE'],
};

export const checkProviderOperation: Operation = {
  id: 'checkProvider',
  method: 'POST',
  path: `${path}/check`,
  tag,
  summary: 'Try the credentials without showing anything to anybody',
  access: 'admin',
  answer: {
    status: 200,
    description: 'What the provider said; `unknown`: it could not be reached',
    schema: answer({ kind: { enum: ['ok', 'config_error', 'unknown'] }, reason: text }, ['reason']),
  },
  errors: ['NOT_FOUND', 'NOT_SUPPORTED', 'STORE_UNAVAILABLE'],
};

export const policyOperation: Operation = {
  id: 'policy',
  method: 'GET',
  path: '/v1/tenants/{tenant}/policy',
  tag,
  summary: "The tenant's rules and texts for notifications; see docs/notifications-policy.md",
  access: 'admin',
  answer: { status: 200, description: 'As set; empty where nothing is', schema: policySettingsSchema },
  errors: ['NOT_FOUND', 'NOT_SUPPORTED', 'STORE_UNAVAILABLE'],
};

export const putPolicyOperation: Operation = {
  id: 'putPolicy',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/policy',
  tag,
  summary: "Set the tenant's rules and texts, in place of those before",
  access: 'admin',
  body: { schema: policySettingsSchema, checkedBy: 'engine' },
  answer: { status: 200, description: 'As stored', schema: policySettingsSchema },
  errors: ['NOT_FOUND', 'NOT_SUPPORTED', 'STORE_UNAVAILABLE', 'STORE_FULL'],
};

export const providerOperations: readonly Operation[] = [
  providersOperation,
  providerOperation,
  putProviderOperation,
  removeProviderOperation,
  checkProviderOperation,
  policyOperation,
  putPolicyOperation,
];
