import type { Server as HttpServer } from 'node:http';
import { WebSocketServer, type ServerOptions } from 'ws';
import { PushError } from '../../errors.js';
import { LIMITS } from '../../model/limits.js';
import type { Push } from '../../push.js';
import { attachSocketIo, type SocketIoOptions } from './attach.js';
import { socketIoGate, type SocketIoGate } from './gate.js';
import { PACKET_OVERHEAD_BYTES } from './join-socket.js';
import { inside, type AnySocketIoServer, type SocketIoNamespace } from './socket-io-slice.js';

export interface SocketIoServerOptions extends SocketIoOptions {
  /** Of the requests. Default `/socket.io`. */
  path?: string;
  /**
   * Default `['websocket', 'polling']`. Polling needs a balancer that sends all requests of a client to the same node
   * (sticky sessions); with several nodes and no such balancer, say `['websocket']` here and in the client.
   */
  transports?: ('websocket' | 'polling')[];
}

/** A Socket.IO server, as far as this is its owner. */
export interface OwnSocketIoServer {
  /** The server itself, for namespaces of the host's own; `/` is refused where it is not ours. */
  readonly io: AnySocketIoServer;
  close(): Promise<void>;
}

/**
 * A peer that does not answer the closing handshake is cut off after. Engine.IO leaves that at half a minute, and an HTTP
 * server that is closed waits as long for one client that has gone silent.
 */
const CLOSE_TIMEOUT_MS = 5000;

class QuickClosing extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({ ...options, closeTimeout: CLOSE_TIMEOUT_MS } as ServerOptions);
  }
}

interface Made extends AnySocketIoServer {
  readonly engine: { use(gate: SocketIoGate): unknown; close(): unknown };
}
type Library = { readonly Server: new (server: HttpServer, options: object) => Made };

/**
 * A Socket.IO server of its own on an HTTP server, for applications that have none: limits set, origins checked before
 * anything is answered. Rejects with NOT_SUPPORTED where the package `socket.io` is not installed.
 */
export async function createSocketIoServer(
  server: HttpServer,
  push: Push,
  options: SocketIoServerOptions = {},
): Promise<OwnSocketIoServer> {
  const { path = '/socket.io', transports = ['websocket', 'polling'], ...rest } = options;
  const { Server } = await load();
  const io = new Server(server, {
    path,
    transports,
    serveClient: false,
    perMessageDeflate: false,
    // A packet of the largest size; a poll carries as much, the client divides what is more.
    maxHttpBufferSize: LIMITS.clientFrameBytes + PACKET_OVERHEAD_BYTES,
    connectTimeout: 10_000,
    upgradeTimeout: 10_000,
    wsEngine: QuickClosing,
  });
  io.engine.use(socketIoGate(push, rest));
  const attached = attachSocketIo(io, push, rest);
  const namespace = io.of(rest.namespace ?? '/push') as SocketIoNamespace;
  // Every server has this one, and nobody is asked for anything there.
  if (namespace.name !== '/')
    (io.of('/') as SocketIoNamespace).use((_, next) => next(new Error(`Connect to ${namespace.name}`)));
  // Clients close what they need no more; one that does not would hold a connection that belongs to nobody.
  namespace.on('connection', (socket) => {
    socket.on('disconnect', () => {
      if (inside(socket).client?.sockets?.size === 0) socket.conn.close();
    });
  });
  return {
    io,
    close: async () => {
      await attached.close();
      // Not `io.close()`: the HTTP server is its owner's to close.
      io.engine.close();
    },
  };
}

async function load(): Promise<Library> {
  try {
    return await import('socket.io');
  } catch (cause) {
    if (!/MODULE_NOT_FOUND$/.test(String((cause as { code?: unknown }).code))) throw cause;
    throw new PushError('NOT_SUPPORTED', 'Socket.IO is not installed: npm install socket.io', { cause });
  }
}
