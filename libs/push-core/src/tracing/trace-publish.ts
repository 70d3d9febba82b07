import type { AppendOutcome, AppendRequest } from '../store/message-store.js';
import type { Tracer } from './tracer.js';

/** A publish, from the call to its answer. `run` is told what its parts belong to. */
export async function tracePublish<T>(
  tracer: Tracer,
  tenant: string,
  run: (trace: string | undefined) => Promise<T>,
): Promise<T> {
  const span = tracer.begin('publish', undefined, { tenant });
  try {
    const result = await run(span.traceparent);
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

/** Its wait for the transaction, the group's other publishes included. What is sent later belongs to this. */
export async function traceStore(
  tracer: Tracer,
  parent: string,
  request: AppendRequest,
  append: (request: AppendRequest) => Promise<AppendOutcome>,
): Promise<AppendOutcome> {
  const { tenant, id } = request.message;
  const span = tracer.begin('store', parent, { tenant, messageId: id, places: request.targets.length });
  try {
    const outcome = await append({ ...request, trace: span.traceparent });
    span.end();
    return outcome;
  } catch (error) {
    span.end(error);
    throw error;
  }
}
