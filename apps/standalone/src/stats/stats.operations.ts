import type { Operation } from 'nest-push/http';
import type { JsonSchema } from 'push-core';

const count: JsonSchema = { type: 'integer', minimum: 0 };
const ms: JsonSchema = { type: ['number', 'null'], description: 'Milliseconds from accepted to acknowledged' };
const point: Record<string, JsonSchema> = {
  at: { type: 'integer', description: 'Where the step begins, Unix milliseconds' },
  accepted: count,
  delivered: { ...count, description: 'entries that devices acknowledged' },
  notified: { ...count, description: 'taken by providers' },
  failed: { ...count, description: 'refused by providers for good' },
  dropped: count,
  connections: { type: 'number', description: 'on average over the step' },
  p50Ms: ms,
  p95Ms: ms,
  p99Ms: ms,
  reasons: { type: 'object', additionalProperties: count },
};

export const statsOperation: Operation = {
  id: 'stats',
  method: 'GET',
  path: '/v1/stats',
  tag: 'stats',
  summary: 'What all nodes did: the last hour by minutes, or thirty days by hours. For administrators of the server',
  access: 'admin',
  query: { range: { enum: ['hour', 'month'], description: 'default `hour`' } },
  answer: {
    status: 200,
    description: 'Points by time; none where nothing happened',
    schema: {
      type: 'object',
      properties: {
        stepMs: count,
        points: {
          type: 'array',
          items: { type: 'object', properties: point, required: Object.keys(point) },
        },
      },
      required: ['stepMs', 'points'],
    },
  },
  errors: ['STORE_UNAVAILABLE'],
};

export const statsOperations: readonly Operation[] = [statsOperation];
