import { idSchema, LIMITS } from 'push-core';
import type { Operation } from '../operation.js';
import { inboxSchema } from './schemas.js';

export const inboxOperation: Operation = {
  id: 'inbox',
  method: 'GET',
  path: '/v1/users/{user}/inbox',
  tag: 'users',
  summary: "What is stored in the user's own stream, and unread counts",
  access: 'read',
  query: {
    after: { type: 'integer', minimum: 0, description: 'entries with a greater seq; default 0' },
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: LIMITS.inboxPage,
      description: `1–${LIMITS.inboxPage}, default 100`,
    },
    thread: idSchema,
  },
  answer: { status: 200, description: 'A page of the stream', schema: inboxSchema },
  errors: ['STORE_UNAVAILABLE'],
};

export const inboxOperations: readonly Operation[] = [inboxOperation];
