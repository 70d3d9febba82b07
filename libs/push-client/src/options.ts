import type { StreamName } from 'push-core/wire';
import type { BackoffOptions } from './backoff.js';
import { type Clock, systemClock } from './clock.js';
import type { CursorStorage } from './cursors/cursor-storage.js';
import { MemoryCursors } from './cursors/memory-cursors.js';
import { PushClientError } from './errors.js';
import { type SocketFactory, globalSocket } from './socket.js';
import { webSocket } from './transports/web-socket.js';
import type { Transport } from './transports/wire.js';

/** Why a token is asked for: `expired` means that the server refused the last one as too old; do not answer it again. */
export type TokenReason = 'connect' | 'expired';
export type TokenSource = string | ((reason: TokenReason) => string | Promise<string>);

export interface PushClientOptions {
  /** `wss://host/v1/ws`. */
  url: string;
  /** The client's JWT, or what gets one; asked before every attempt to connect. */
  token: TokenSource;
  /** This installation's id. A second client with the same one takes the connection over. */
  device: string;
  /** Unacknowledged entries of a stream the server may have outstanding: 1–1024. Default 256. */
  window?: number;
  /** Where cursors outlive this process; one storage a user and device. Default: memory. */
  cursors?: CursorStorage;
  /** Topics to follow from the beginning, beside those the user is subscribed to. Default none. */
  follow?: readonly StreamName[];
  /** Where a stream without a saved cursor begins on a device the server has never seen. Default `head`. */
  startFrom?: 'head' | 'start';
  backoff?: Partial<BackoffOptions>;
  /** What to connect over. Default `webSocket()`; `fallback()` of `push-client/fallback` gets through where that does not. */
  transport?: Transport;
  /** From the beginning of an attempt to the server's `connected`, milliseconds. Default 15 000. */
  connectWaitMs?: number;
  /** How long acknowledgements are gathered, milliseconds. Default 50. */
  ackDelayMs?: number;
  /** Default: the platform's WebSocket. On Node 20: `nodeSocket()` of `push-client/node`. */
  socket?: SocketFactory;
  /** For tests. */
  clock?: Clock;
  /** For tests: a number in [0, 1). */
  random?: () => number;
}

export type ResolvedOptions = Readonly<Required<Omit<PushClientOptions, 'backoff'>> & { backoff: BackoffOptions }>;

export function resolveOptions(options: PushClientOptions): ResolvedOptions {
  const { url, token, device, window = 256, follow = [], startFrom = 'head' } = options;
  const { ackDelayMs = 50, connectWaitMs = 15_000 } = options;
  demand(typeof url === 'string' && /^wss?:\/\/./.test(url), 'url', 'begin with ws:// or wss://');
  demand(typeof token === 'function' || isText(token), 'token', 'be a string or a function');
  demand(isText(device), 'device', 'be a string');
  demand(Number.isInteger(window) && window >= 1 && window <= 1024, 'window', 'be an integer of 1–1024');
  demand(startFrom === 'head' || startFrom === 'start', 'startFrom', 'be head or start');
  demandMs(ackDelayMs, 'ackDelayMs', 0);
  demandMs(connectWaitMs, 'connectWaitMs');
  for (const topic of follow) demand(isTopic(topic), 'follow', 'hold topics');
  return Object.freeze({
    ...options,
    window,
    follow: [...follow],
    startFrom,
    ackDelayMs,
    connectWaitMs,
    backoff: pauses('backoff', options.backoff, 500, 30_000),
    transport: options.transport ?? webSocket(),
    cursors: options.cursors ?? new MemoryCursors(),
    socket: options.socket ?? globalSocket,
    clock: options.clock ?? systemClock(),
    random: options.random ?? Math.random,
  });
}

/** `@…` names are the server's own. */
export function isTopic(topic: unknown): topic is StreamName {
  return isText(topic) && topic.length <= 128 && !topic.startsWith('@');
}

/** Throws `CLIENT_BAD_OPTION`. */
export function pauses(name: string, given: Partial<BackoffOptions> = {}, base: number, cap: number): BackoffOptions {
  const { baseMs = base, capMs = cap } = given;
  demandMs(baseMs, `${name}.baseMs`);
  demandMs(capMs, `${name}.capMs`, baseMs);
  return { baseMs, capMs };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function demandMs(ms: number, name: string, least = 1): void {
  demand(Number.isFinite(ms) && ms >= least, name, `be milliseconds, ${least} or more`);
}

function demand(holds: boolean, name: string, what: string): void {
  if (!holds) throw new PushClientError('CLIENT_BAD_OPTION', `${name} must ${what}`);
}
