import type * as OpenTelemetry from '@opentelemetry/api';
import { isPushError, type TraceFacts, type TracePoint, type Tracer, type TraceSpan } from 'push-core';
import type { TracingOptions } from './tracing-options.js';
import { spanContextOf, traceparentOf } from './traceparent.js';

type Api = typeof OpenTelemetry;

const NAMES: Readonly<Record<TracePoint, string>> = {
  publish: 'push publish',
  store: 'push store',
  hint: 'push hint',
  send: 'push send',
  acknowledge: 'push acknowledge',
};

/** The engine's stations as spans of OpenTelemetry's API. What becomes of them is the business of the SDK the process runs with. */
export class OpenTelemetryTracer implements Tracer {
  private readonly tracer: OpenTelemetry.Tracer;
  private readonly users: boolean;

  constructor(
    private readonly api: Api,
    { scope = 'nest-push', users = false }: TracingOptions = {},
  ) {
    // A proxy: an SDK that is registered later is used from then on.
    this.tracer = api.trace.getTracer(scope);
    this.users = users;
  }

  begin(point: TracePoint, parent: string | undefined, facts: TraceFacts): TraceSpan {
    const { api } = this;
    const remote = parent === undefined ? undefined : spanContextOf(parent);
    const context = remote ? api.trace.setSpanContext(api.ROOT_CONTEXT, remote) : api.context.active();
    const isHandedOn = point === 'publish' || point === 'hint' || point === 'send';
    const kind = isHandedOn ? api.SpanKind.PRODUCER : api.SpanKind.INTERNAL;
    const span = this.tracer.startSpan(NAMES[point], { kind, attributes: this.attributes(point, facts) }, context);
    return {
      traceparent: traceparentOf(span.spanContext()),
      end: (error) => {
        // The code alone: a text may name users, and what they were sent.
        if (error !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR, message: codeOf(error) });
        span.end();
      },
    };
  }

  private attributes(point: TracePoint, facts: TraceFacts): OpenTelemetry.Attributes {
    const { tenant, messageId, stream, seq, transport, places, resent } = facts;
    return {
      'messaging.system': 'nest-push',
      'messaging.operation.name': point,
      'messaging.message.id': messageId,
      'push.tenant': tenant,
      'push.stream': stream,
      'push.seq': seq,
      'push.transport': transport,
      'push.places': places,
      'push.resent': resent,
      ...(this.users && { 'push.user': facts.user, 'push.device': facts.device }),
    };
  }
}

const codeOf = (error: unknown): string =>
  isPushError(error) ? error.code : error instanceof Error ? error.name : 'Error';
