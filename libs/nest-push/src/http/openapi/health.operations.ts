import type { Operation } from '../operation.js';
import { answer } from './schemas.js';

export const livenessOperation: Operation = {
  id: 'healthz',
  method: 'GET',
  path: '/healthz',
  tag: 'health',
  summary: 'The process is alive',
  access: 'open',
  answer: { status: 200, description: 'Alive', schema: answer({ status: { const: 'ok' } }) },
};

export const readinessOperation: Operation = {
  id: 'readyz',
  method: 'GET',
  path: '/readyz',
  tag: 'health',
  summary: 'This node takes work',
  access: 'open',
  answer: {
    status: 200,
    description: 'Ready; degraded, while something it would like to have is away',
    schema: {
      type: 'object',
      properties: {
        status: { enum: ['ready', 'degraded'] },
        degraded: { type: 'array', items: { type: 'string' }, description: 'for example `broker blocked`' },
      },
      required: ['status'],
    },
  },
  errors: ['DRAINING', 'STORE_UNAVAILABLE'],
};

export const openApiOperation: Operation = {
  id: 'openapi',
  method: 'GET',
  path: '/openapi.json',
  tag: 'health',
  summary: 'This document',
  access: 'open',
  answer: { status: 200, description: 'OpenAPI 3.1', schema: { type: 'object' } },
};

export const healthOperations: readonly Operation[] = [livenessOperation, readinessOperation];
export const openApiOperations: readonly Operation[] = [openApiOperation];
