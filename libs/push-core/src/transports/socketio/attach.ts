import type { Clock } from '../../clock/clock.js';
import { systemClock } from '../../clock/system-clock.js';
import { CLOSE } from '../../close-reasons.js';
import { isPushError, PushError, toPushError } from '../../errors.js';
import type { Push } from '../../push.js';
import type { Arrival } from '../transport.js';
import { SocketIoCodec } from './codec.js';
import { checkHandshake } from './handshake.js';
import { joinSocket } from './join-socket.js';
import { isPlainParser } from './packet-writer.js';
import { problemOf } from './problem.js';
import { endBySocketIo, type SocketIoLink } from './socket-io-link.js';
import {
  inside,
  type AnySocketIoNamespace,
  type AnySocketIoServer,
  type EngineConnection,
  type SocketIoNamespace,
  type SocketIoSocket,
} from './socket-io-slice.js';

export interface SocketIoOptions {
  /** Where a server is given. Default `/push`; `/` is possible. */
  namespace?: string;
  /**
   * Exact origins; empty: the server's own only. Checked here when a client asks for the namespace, which is after Engine.IO
   * has answered it: to refuse before that, put `socketIoGate` before the server (`createSocketIoServer` does).
   */
  allowedOrigins?: readonly string[];
  /** Before the names of all events but `push`, where the host has events of the same names. Default none. */
  prefix?: string;
  clock?: Clock;
}

/**
 * Serves the engine over a namespace of a Socket.IO server, with acknowledgements: `push` arrives with a callback, and
 * calling it says that the entry was taken. Clients authenticate at every connection, `auth: { token, device }`.
 *
 * Throws where the server restores connections without asking its middlewares.
 */
export function attachSocketIo(
  at: AnySocketIoServer | AnySocketIoNamespace,
  push: Push,
  options: SocketIoOptions = {},
): { close(): Promise<void> } {
  const { allowedOrigins = [], prefix = '', clock = systemClock } = options;
  const namespace = ('of' in at ? at.of(options.namespace ?? '/push') : at) as SocketIoNamespace;
  const codec = new SocketIoCodec(namespace.name, prefix);
  refuseUnsafeRecovery(namespace, codec);
  const arrivals = new WeakMap<SocketIoSocket, Awaited<ReturnType<typeof checkHandshake>>>();
  /** Connections with a socket that waits for its verdict: one at a time. */
  const waiting = new WeakSet<EngineConnection>();
  const links = new Set<SocketIoLink>();
  let closed = false;

  const admit = async (socket: SocketIoSocket): Promise<void> => {
    const { conn } = socket;
    if (closed) throw new PushError('DRAINING', 'This node is shutting down; try another one', { retryAfterMs: 1000 });
    if (waiting.has(conn)) {
      conn.close();
      throw new PushError('RATE_LIMITED', 'Wait for the answer to the first connect', { retryAfterMs: 1000 });
    }
    waiting.add(conn);
    try {
      arrivals.set(socket, await checkHandshake(socket, push, allowedOrigins));
    } finally {
      waiting.delete(conn);
    }
  };
  const middleware = (socket: SocketIoSocket, next: (error?: Error) => void): void => {
    admit(socket).then(
      () => next(),
      (thrown: unknown) => next(connectError(thrown)),
    );
  };
  const connected = (socket: SocketIoSocket): void => {
    const arrival: (Arrival & { connect: { device: string } }) | undefined = arrivals.get(socket);
    if (!arrival || closed) {
      socket.disconnect(true);
      return;
    }
    arrivals.delete(socket);
    links.add(
      joinSocket(push, socket, arrival, {
        codec,
        clock,
        prefix,
        ours: true,
        endSocket: endBySocketIo,
        left: (link) => links.delete(link),
      }),
    );
  };
  namespace.use(middleware);
  namespace.on('connection', connected);
  return {
    close: async () => {
      closed = true;
      namespace.off('connection', connected);
      for (const link of [...links]) link.dismiss(CLOSE.draining);
    },
  };
}

/** What the client's `connect_error` shows: `message`, and the problem in `data`. */
function connectError(thrown: unknown): Error {
  const error = isPushError(thrown) ? thrown : toPushError(thrown);
  return Object.assign(new Error(error.message), { data: problemOf(error) });
}

function refuseUnsafeRecovery(namespace: SocketIoNamespace, codec: SocketIoCodec): void {
  const recovery = inside(namespace.server).opts?.connectionStateRecovery;
  if (!recovery) return;
  const field = 'connectionStateRecovery';
  if (recovery.skipMiddlewares !== false) {
    throw new PushError(
      'INVALID',
      'This Socket.IO server restores connections without asking anybody (skipMiddlewares, true by default): whoever was ' +
        'revoked in between would be back. Set it to false; resuming here needs no recovery of Socket.IO',
      { field: `${field}.skipMiddlewares` },
    );
  }
  // Then pushes would go by `emit`, which recovery keeps, and sends again before any middleware is asked.
  if (!isPlainParser(namespace, codec))
    throw new PushError('INVALID', 'Recovery of connections and a parser of your own do not go together here', {
      field,
    });
}
