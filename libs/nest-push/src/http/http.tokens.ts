/** Injection tokens of the HTTP API; `Symbol.for` as those of the module. */

/** An `ApiAuthenticator`. */
export const API_AUTHENTICATOR: unique symbol = Symbol.for('nest-push.api-authenticator') as never;
/** A `TokenIssuer`, or undefined where the module was given none. */
export const TOKEN_ISSUER: unique symbol = Symbol.for('nest-push.token-issuer') as never;
/** The `ApiDescription`. */
export const API_DESCRIPTION: unique symbol = Symbol.for('nest-push.api-description') as never;
/** `Callbacks`: what providers tell of notifications. */
export const CALLBACKS: unique symbol = Symbol.for('nest-push.callbacks') as never;
/** `PushMetrics`, where the module was told to answer `/metrics`. */
export const METRICS: unique symbol = Symbol.for('nest-push.metrics') as never;
