import type { Tracer } from 'push-core';
import { OpenTelemetryTracer } from './open-telemetry-tracer.js';
import type { TracingOptions } from './tracing-options.js';

/**
 * A tracer for the engine's option `tracer`, on OpenTelemetry's API; `PushModule` makes it itself with `tracing: true`.
 * Needs @opentelemetry/api. Without an SDK in the process every span is a no-op.
 */
export async function createTracer(options: TracingOptions = {}): Promise<Tracer> {
  return new OpenTelemetryTracer(await loadApi(), options);
}

/** An optional peer: nothing of it is loaded where nobody asks for traces. */
async function loadApi() {
  try {
    const loaded = await import('@opentelemetry/api');
    // A CommonJS package: an ES module importer may find everything under `default` alone.
    return 'trace' in loaded ? loaded : (loaded as { default: typeof loaded }).default;
  } catch (cause) {
    throw new Error('Tracing needs @opentelemetry/api: npm install @opentelemetry/api', { cause });
  }
}
