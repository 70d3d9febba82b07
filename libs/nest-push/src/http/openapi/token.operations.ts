import type { Operation } from '../operation.js';
import { answer, text, time, tokenBodySchema } from './schemas.js';

export const issueTokenOperation: Operation = {
  id: 'issueToken',
  method: 'POST',
  path: '/v1/tokens',
  tag: 'tokens',
  summary: "Make a client's JWT",
  access: 'publish',
  body: { schema: tokenBodySchema },
  answer: { status: 201, description: 'The token', schema: answer({ token: text, expiresAt: time }) },
  errors: ['NOT_SUPPORTED', 'STORE_UNAVAILABLE'],
};

export const tokenOperations: readonly Operation[] = [issueTokenOperation];
