import type { Message } from '../model/message.js';
import type { Tracer } from './tracer.js';

/** That other nodes are told. What they send belongs to this. */
export function traceHint(
  tracer: Tracer | undefined,
  parent: string | undefined,
  { tenant, id }: Message,
  places: number,
): string | undefined {
  if (!tracer || parent === undefined) return undefined;
  const span = tracer.begin('hint', parent, { tenant, messageId: id, places });
  span.end();
  return span.traceparent;
}
