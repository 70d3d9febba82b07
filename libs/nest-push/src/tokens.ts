/** Injection tokens. `Symbol.for`: two copies of the package in one process still mean the same thing. */

/** The engine, a `Push` of push-core. */
export const PUSH: unique symbol = Symbol.for('nest-push.engine') as never;
/** The RabbitMQ session, a `Rabbit`; undefined where there is none. */
export const PUSH_RABBIT: unique symbol = Symbol.for('nest-push.rabbit') as never;
/** The options of `PushModule`. */
export const PUSH_MODULE_OPTIONS: unique symbol = Symbol.for('nest-push.options') as never;
