/** Injection tokens. `Symbol.for`: two copies of the package in one process still mean the same thing. */

/** The engine, a `Push` of push-core. */
export const PUSH: unique symbol = Symbol.for('nest-push.engine') as never;
/** The RabbitMQ session, a `Rabbit`; undefined where there is none. */
export const PUSH_RABBIT: unique symbol = Symbol.for('nest-push.rabbit') as never;
/** What takes down the way of messages, a `Tracer` of push-core; undefined where nothing does. */
export const PUSH_TRACER: unique symbol = Symbol.for('nest-push.tracer') as never;
/** The options of `PushModule`. */
export const PUSH_MODULE_OPTIONS: unique symbol = Symbol.for('nest-push.options') as never;
/** What `PushModule` was given, before a test bench had its say. */
export const PUSH_GIVEN_OPTIONS: unique symbol = Symbol.for('nest-push.given-options') as never;
/** A `TestBench`, in tests only. */
export const PUSH_TEST_BENCH: unique symbol = Symbol.for('nest-push.test-bench') as never;
/** Where `@PushConsumer` handlers are served from, a `Queue`; undefined without RabbitMQ. */
export const PUSH_QUEUE: unique symbol = Symbol.for('nest-push.queue') as never;
/** Publishes what `@PushResult` methods return. */
export const PUSH_RESULTS: unique symbol = Symbol.for('nest-push.results') as never;
