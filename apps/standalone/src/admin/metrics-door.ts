import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendProblem } from 'nest-push/http';
import { PushError } from 'push-core';
import { hashOf } from '../accounts/api-key.js';

const METRICS = /^\/metrics\/?(\?|$)/i;

/** With `PUSH_METRICS_TOKEN`: only whoever says it reads the metrics. */
export function metricsDoor(token: string) {
  const wanted = hashOf(`Bearer ${token}`);
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    if (!METRICS.test(request.url ?? '')) return next();
    const said = hashOf((request.headers.authorization ?? '').replace(/^bearer +/i, 'Bearer '));
    if (timingSafeEqual(said, wanted)) return next();
    sendProblem(response, new PushError('UNAUTHORIZED', 'Send the token as "Authorization: Bearer <token>"'));
  };
}
