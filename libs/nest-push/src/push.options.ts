import { createValidator, idSchema, PushError, type PushOptions } from 'push-core';

export interface WebSocketOptions {
  /** Default `/v1/ws`. */
  path?: string;
  /** Exact matches; empty: same origin only. */
  allowedOrigins?: readonly string[];
}

/** The engine's options, and how it lives inside the application. */
export interface PushModuleOptions extends PushOptions {
  /** The tenant where `PushService` is told none. Default `default`. */
  defaultTenant?: string;
  /** `false`: no WebSocket even where the application has an HTTP server. */
  websocket?: false | WebSocketOptions;
  /** At shutdown, draining and closing may take this long together. Milliseconds, default 10000. */
  drainTimeoutMs?: number;
}

export interface NestSettings {
  readonly defaultTenant: string;
  readonly websocket: false | WebSocketOptions;
  readonly drainTimeoutMs: number;
}

/** Splits what is Nest's from what is the engine's; each with defaults of its own. */
export function splitOptions(options: PushModuleOptions): { engine: PushOptions; nest: NestSettings } {
  const { defaultTenant = 'default', websocket = {}, drainTimeoutMs = 10_000, ...engine } = options;
  checkTenant(defaultTenant);
  if (!Number.isInteger(drainTimeoutMs) || drainTimeoutMs < 1) {
    throw new PushError('INVALID', 'drainTimeoutMs must be a whole number of 1 or more', { field: 'drainTimeoutMs' });
  }
  if (websocket && websocket.path !== undefined && !websocket.path.startsWith('/')) {
    throw new PushError('INVALID', 'websocket.path must start with /', { field: 'websocket.path' });
  }
  return { engine, nest: { defaultTenant, websocket, drainTimeoutMs } };
}

const checkTenant = createValidator<string>(idSchema, 'defaultTenant');
