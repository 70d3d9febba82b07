import type { StreamName } from 'push-core/wire';
import type { BackoffOptions } from './backoff.js';
import { type Clock, systemClock } from './clock.js';
import type { CursorStorage } from './cursors/cursor-storage.js';
import { MemoryCursors } from './cursors/memory-cursors.js';
import { PushClientError } from './errors.js';
import { type SocketFactory, globalSocket } from './socket.js';

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
  const { url, token, device, window = 256, follow = [], startFrom = 'head', ackDelayMs = 50 } = options;
  const { baseMs = 500, capMs = 30_000 } = options.backoff ?? {};
  demand(typeof url === 'string' && /^wss?:\/\/./.test(url), 'url must begin with ws:// or wss://');
  demand(
    typeof token === 'function' || (typeof token === 'string' && token !== ''),
    'token must be a string or a function',
  );
  demand(typeof device === 'string' && device !== '', 'device must be a non-empty string');
  demand(Number.isInteger(window) && window >= 1 && window <= 1024, 'window must be an integer of 1–1024');
  demand(startFrom === 'head' || startFrom === 'start', "startFrom must be 'head' or 'start'");
  demand(isDuration(ackDelayMs), 'ackDelayMs must be a number of milliseconds');
  demand(isDuration(baseMs) && baseMs > 0, 'backoff.baseMs must be a positive number of milliseconds');
  demand(isDuration(capMs) && capMs >= baseMs, 'backoff.capMs must be at least backoff.baseMs');
  for (const topic of follow) demand(isTopic(topic), `follow: ${String(topic)} is not a topic`);
  return Object.freeze({
    url,
    token,
    device,
    window,
    follow: [...follow],
    startFrom,
    ackDelayMs,
    backoff: { baseMs, capMs },
    cursors: options.cursors ?? new MemoryCursors(),
    socket: options.socket ?? globalSocket,
    clock: options.clock ?? systemClock(),
    random: options.random ?? Math.random,
  });
}

/** `@…` names are the server's own. */
export function isTopic(topic: unknown): topic is StreamName {
  return typeof topic === 'string' && topic !== '' && topic.length <= 128 && !topic.startsWith('@');
}

function isDuration(ms: number): boolean {
  return Number.isFinite(ms) && ms >= 0;
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new PushClientError('CLIENT_BAD_OPTION', message);
}
