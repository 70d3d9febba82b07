import type { Operation } from '../operation.js';
import { text } from './schemas.js';

export const metricsOperation: Operation = {
  id: 'metrics',
  method: 'GET',
  path: '/metrics',
  tag: 'health',
  summary: 'Metrics of this node, as Prometheus reads them',
  access: 'open',
  answer: { status: 200, description: 'Text exposition', schema: text, contentType: 'text/plain; version=0.0.4' },
};

export const metricsOperations: readonly Operation[] = [metricsOperation];
