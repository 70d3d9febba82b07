import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Clock } from '../../clock/clock.js';
import type { EgressGuard } from './egress-guard.js';
import type { HttpRequest } from './pool.js';

export type Dialed =
  | { readonly kind: 'connected'; readonly socket: Socket; readonly protocol: 'h2' | 'h1' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'forbidden'; readonly reason: string };

export interface DialOptions {
  /** `https://host[:port]` or `http://…` */
  readonly origin: string;
  readonly trust: HttpRequest['trust'];
  readonly protocol: HttpRequest['protocol'];
  readonly clock: Clock;
  readonly guard: EgressGuard;
  readonly ca?: string | readonly string[];
  readonly connectMs: number;
  /** Aborted: given up at once. */
  readonly signal: AbortSignal;
}

/** Opens one connection. A guest's name is resolved and judged here, each time, and only the judged addresses are connected to. */
export function dial(options: DialOptions): Promise<Dialed> {
  return new Promise((resolve) => {
    let socket: Socket | undefined;
    let over = false;
    const end = (result: Dialed): void => {
      if (over) return;
      over = true;
      timer.cancel();
      options.signal.removeEventListener('abort', abandon);
      if (result.kind !== 'connected') socket?.destroy();
      resolve(result);
    };
    const timer = options.clock.after(options.connectMs, () => end({ kind: 'failed', reason: 'connect_timeout' }));
    const abandon = (): void => end({ kind: 'failed', reason: 'closed' });
    options.signal.addEventListener('abort', abandon);
    void admitted(options).then((way) => {
      if ('kind' in way) return end(way);
      if (over) return;
      socket = open(options, way.lookup, end);
    });
  });
}

async function admitted(options: DialOptions): Promise<Dialed | { readonly lookup?: LookupFunction }> {
  if (options.trust === 'operator') return {};
  const verdict = await options.guard.judge(options.origin);
  if (verdict.kind === 'refused') return { kind: 'forbidden', reason: verdict.reason };
  if (verdict.kind === 'unresolved') return { kind: 'failed', reason: verdict.reason };
  return { lookup: answering(verdict.addresses) };
}

/** A resolver that knows these addresses only. */
function answering(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_host, wish, found) => {
    const first = all[0] as (typeof all)[number];
    if (wish.all) found(null, all);
    else found(null, first.address, first.family);
  };
}

function open(options: DialOptions, lookup: LookupFunction | undefined, end: (result: Dialed) => void): Socket {
  const url = new URL(options.origin);
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const way = { host, port: Number(url.port || (secure ? 443 : 80)), lookup };
  const socket = secure
    ? connectTls({
        ...way,
        servername: /^[\d.]+$|:/.test(host) ? '' : host,
        minVersion: 'TLSv1.2',
        ALPNProtocols: options.protocol === 'h2' ? ['h2'] : ['h2', 'http/1.1'],
        ca: options.ca as string | string[] | undefined,
      })
    : connectTcp(way);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  socket.on('error', (error: NodeJS.ErrnoException) => end({ kind: 'failed', reason: reasonOf(error) }));
  socket.on('close', () => end({ kind: 'failed', reason: 'closed' }));
  socket.once(secure ? 'secureConnect' : 'connect', () => {
    const agreed = secure ? (socket as TLSSocket).alpnProtocol : options.protocol === 'h2' && 'h2';
    if (options.protocol === 'h2' && agreed !== 'h2') return end({ kind: 'failed', reason: 'no_http2' });
    end({ kind: 'connected', socket, protocol: agreed === 'h2' ? 'h2' : 'h1' });
  });
  return socket;
}

/** The error's code: its text could name an address. */
const reasonOf = (error: NodeJS.ErrnoException): string => (error.code ?? 'connect').toLowerCase();
