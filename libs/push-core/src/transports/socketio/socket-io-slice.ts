import type { IncomingMessage } from 'node:http';
import type { AddressedRequest } from '../client-address.js';

/** What is used of Socket.IO 4: its own objects fit as they are, nothing of the library is imported. */

type Listener = (...args: never[]) => void;

/** Engine.IO's connection, below all namespaces. */
export interface EngineConnection {
  /** 4; 3 is spoken by clients older than Socket.IO 3. */
  readonly protocol: number;
  readonly readyState: string;
  readonly transport: { readonly name: string };
  write(data: string, options?: object, callback?: () => void): unknown;
  close(): void;
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
}

export interface SocketIoSocket {
  readonly id: string;
  readonly connected: boolean;
  readonly nsp: SocketIoNamespace;
  readonly conn: EngineConnection;
  readonly request: IncomingMessage;
  readonly handshake: { readonly auth: Record<string, unknown>; readonly address: string };
  emit(event: string, ...args: unknown[]): unknown;
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
  onAny(listener: (event: string, ...args: unknown[]) => void): unknown;
  offAny(listener: (event: string, ...args: unknown[]) => void): unknown;
  listenerCount(event: string): number;
  disconnect(close?: boolean): unknown;
}

/** The peer as Engine.IO noted it: after the first of several polls the request's own socket may be gone, and with it its address. */
export const requestIn = ({ request, handshake }: SocketIoSocket): AddressedRequest => ({
  headers: request.headers,
  socket: { remoteAddress: handshake.address },
});

export interface SocketIoNamespace {
  readonly name: string;
  readonly server: object;
  use(middleware: (socket: SocketIoSocket, next: (error?: Error) => void) => void): unknown;
  on(event: 'connection', listener: (socket: SocketIoSocket) => void): unknown;
  off(event: 'connection', listener: (socket: SocketIoSocket) => void): unknown;
}

/**
 * What a caller hands in: Socket.IO's own types fit whatever events they are declared with, so these say only what tells
 * the objects apart. Inside they are seen as the slices above.
 */
export interface AnySocketIoServer {
  of(name: string): object;
}
export interface AnySocketIoNamespace {
  readonly name: string;
  readonly server: object;
  readonly sockets: object;
}
export interface AnySocketIoSocket {
  readonly id: string;
  readonly nsp: object;
  readonly conn: object;
  readonly handshake: object;
}

/** What is used of a TCP socket. */
export interface TcpSlice {
  write(bytes: Buffer, taken?: () => void): unknown;
  cork(): void;
  uncork(): void;
}

/** What Socket.IO keeps to itself and this transport looks at, each only after asking whether it is there. */
export interface Inside {
  /** Of a socket: what is called when the client acknowledges a packet. */
  readonly acks?: unknown;
  /** Of a socket: its connection's sockets, of all namespaces. */
  readonly client?: { readonly sockets?: ReadonlyMap<string, unknown> };
  /** Of a server. */
  readonly encoder?: { encode(packet: object): unknown };
  readonly opts?: { readonly connectionStateRecovery?: { readonly skipMiddlewares?: boolean } };
  /** Of an engine connection. */
  readonly writeBuffer?: readonly unknown[];
  sendPacket?(type: string): void;
  /** Of an engine transport. */
  readonly writable?: boolean;
  /** `ws`'s socket, on that transport. */
  readonly socket?: { readonly bufferedAmount?: number; readonly readyState?: number; readonly _socket?: TcpSlice };
  _canSendPreEncodedFrame?(packet: object): boolean;
}

/** The private side of an object, everything optional. */
export const inside = (object: object): Inside => object;
