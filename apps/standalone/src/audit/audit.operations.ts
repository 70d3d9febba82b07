import type { Operation } from 'nest-push/http';
import { idSchema, type JsonSchema } from 'push-core';

const text: JsonSchema = { type: 'string' };
const time: JsonSchema = { type: 'integer', minimum: 0, description: 'Unix milliseconds' };
const entry: JsonSchema = {
  type: 'object',
  properties: {
    id: text,
    at: time,
    actor: {
      type: 'object',
      properties: { kind: { enum: ['key', 'person', 'admin-key', 'cli'] }, id: text, name: text },
      required: ['kind', 'id'],
    },
    tenant: { ...text, description: 'absent: it was about the server itself' },
    action: { ...text, description: 'an operationId' },
    target: { ...text, description: 'name=id; of a user or a device a digest' },
    outcome: { ...text, description: '`ok` or an error code' },
    address: text,
  },
  required: ['id', 'at', 'actor', 'action', 'outcome'],
};

export const auditOperation: Operation = {
  id: 'audit',
  method: 'GET',
  path: '/v1/audit',
  tag: 'audit',
  summary: "Who did what, newest first. A tenant's own administrators see what was done to it",
  access: 'admin',
  query: {
    before: { type: 'string', minLength: 1, maxLength: 128, description: '`next` of the page before' },
    limit: { type: 'integer', minimum: 1, maximum: 1000, description: 'default 100' },
    tenant: idSchema,
    action: idSchema,
  },
  answer: {
    status: 200,
    description: 'A page; `next` where there is more',
    schema: {
      type: 'object',
      properties: { entries: { type: 'array', items: entry }, next: text },
      required: ['entries'],
    },
  },
  errors: ['NOT_FOUND', 'STORE_UNAVAILABLE'],
};

export const auditExportOperation: Operation = {
  id: 'auditExport',
  method: 'GET',
  path: '/v1/audit/export',
  tag: 'audit',
  summary: 'The audit log, oldest first, one JSON object a line. It is written down that it was taken',
  access: 'admin',
  query: { since: time, until: time },
  answer: { status: 200, description: 'Entries', schema: text, contentType: 'application/x-ndjson' },
  errors: ['STORE_UNAVAILABLE'],
};

export const auditOperations: readonly Operation[] = [auditOperation, auditExportOperation];
