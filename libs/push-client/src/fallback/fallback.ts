import type { BackoffOptions } from '../backoff.js';
import { PushClientError } from '../errors.js';
import { pauses } from '../options.js';
import { webSocket } from '../transports/web-socket.js';
import type { Transport } from '../transports/wire.js';
import { FallbackWire } from './fallback-wire.js';
import { Ladder } from './ladder.js';
import { type HttpOptions, poll, sse } from './over-http.js';

export interface FallbackOptions extends HttpOptions {
  /** The best first. Default `[webSocket(), sse(), poll()]`. */
  transports?: readonly Transport[];
  /** Pauses between tries of a better transport while a lesser one runs. Default 30 000 and 300 000. */
  climb?: Partial<BackoffOptions>;
}

/**
 * Gets through where WebSockets do not: over server-sent events, and where a proxy holds those back over long poll. It
 * returns to the better transport when that works again. Throws `CLIENT_BAD_OPTION`.
 */
export function fallback({ transports, climb, ...http }: FallbackOptions = {}): Transport {
  const choice = transports ?? [webSocket(), sse(http), poll(http)];
  if (choice.length === 0) throw new PushClientError('CLIENT_BAD_OPTION', 'transports must not be empty');
  const pause = pauses('climb', climb, 30_000, 300_000);
  return (setup) => {
    const rungs = choice.map((transport) => transport(setup));
    const memory = { ladder: new Ladder(rungs, pause, setup.random), echoUntil: -1 };
    return (ports) => new FallbackWire(setup, memory, ports);
  };
}
