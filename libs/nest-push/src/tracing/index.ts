export { createTracer } from './create-tracer.js';
export type { TracingOptions } from './tracing-options.js';
