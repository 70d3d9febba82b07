import type { SpanContext } from '@opentelemetry/api';

const SAMPLED = 1;
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const NOTHING = /^0+$/;

/** As W3C Trace Context writes it; undefined where nobody records the span, so that nothing is done for what follows it. */
export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string | undefined {
  if ((traceFlags & SAMPLED) === 0 || NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Undefined for what is none: it may come from another node's version. */
export function spanContextOf(traceparent: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
