import { batchItemSchema, idempotencyKeySchema, idSchema, LIMITS, publishSchema } from 'push-core';
import type { Operation } from '../operation.js';
import {
  answer,
  explanationSchema,
  listOf,
  messageReportSchema,
  problemSchema,
  publishResultSchema,
  recallResultSchema,
} from './schemas.js';

const tag = 'messages';
const unavailable = ['RATE_LIMITED', 'OVERLOADED', 'DRAINING', 'STORE_UNAVAILABLE', 'STORE_FULL'] as const;

export const publishOperation: Operation = {
  id: 'publish',
  method: 'POST',
  path: '/v1/messages',
  tag,
  summary: 'Publish a message. When it is answered, the message is durable; a volatile one has been handed on instead',
  access: 'publish',
  headers: { 'Idempotency-Key': idempotencyKeySchema },
  body: { schema: publishSchema, checkedBy: 'engine' },
  answer: { status: 202, description: 'Accepted', schema: publishResultSchema },
  errors: ['NO_AUDIENCE', 'REFUSED', 'IDEMPOTENCY_CONFLICT', 'TENANT_SUSPENDED', 'QUOTA_EXCEEDED', ...unavailable],
};

export const publishBatchOperation: Operation = {
  id: 'publishBatch',
  method: 'POST',
  path: '/v1/messages/batch',
  tag,
  summary: `Publish up to ${LIMITS.batchMessages} messages, answered item by item, in order`,
  access: 'publish',
  body: {
    schema: {
      type: 'object',
      properties: {
        messages: { type: 'array', items: batchItemSchema, minItems: 1, maxItems: LIMITS.batchMessages },
      },
      required: ['messages'],
      additionalProperties: false,
    },
    checkedBy: 'engine',
  },
  answer: {
    status: 202,
    description: 'An outcome a message: what a publish alone would have answered, or its problem document',
    schema: answer({ results: listOf({ oneOf: [publishResultSchema, problemSchema] }) }),
  },
  errors: [...unavailable],
};

export const messageOperation: Operation = {
  id: 'message',
  method: 'GET',
  path: '/v1/messages/{id}',
  tag,
  summary: 'A message, its state and counts',
  access: 'read',
  answer: { status: 200, description: 'The message', schema: messageReportSchema },
  errors: ['NOT_FOUND', 'STORE_UNAVAILABLE'],
};

export const explainOperation: Operation = {
  id: 'explain',
  method: 'GET',
  path: '/v1/messages/{id}/explain',
  tag,
  summary: 'The whole story for one user, step by step with reasons: why it was (not) delivered, (not) notified',
  access: 'read',
  query: { user: idSchema },
  needs: ['user'],
  answer: { status: 200, description: 'The steps, by time', schema: explanationSchema },
  errors: ['NOT_FOUND', 'STORE_UNAVAILABLE'],
};

export const recallOperation: Operation = {
  id: 'recall',
  method: 'DELETE',
  path: '/v1/messages/{id}',
  tag,
  summary: 'Cancel a message that is not due yet, recall any other: it leaves the streams and clients are told',
  access: 'publish',
  answer: {
    status: 200,
    description: 'What became of it; the same again when asked again',
    schema: recallResultSchema,
  },
  errors: ['NOT_FOUND', 'DRAINING', 'STORE_UNAVAILABLE', 'STORE_FULL'],
};

export const messageOperations: readonly Operation[] = [
  publishOperation,
  publishBatchOperation,
  messageOperation,
  explainOperation,
  recallOperation,
];
