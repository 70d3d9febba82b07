import { PushError } from '../../errors.js';
import type { Identity } from '../../online/authenticator.js';
import type { Push } from '../../push.js';
import type { AnySocketIoSocket } from '../socketio/socket-io-slice.js';
import { adoptSocketIo, type AdoptSocketIoOptions } from './adopt-socket-io.js';
import { adoptWebSocket, type AdoptWebSocketOptions, type WebSocketSlice } from './adopt-web-socket.js';
import type { Adoption } from './adoption.js';

export interface AdoptAnyOptions extends AdoptWebSocketOptions, AdoptSocketIoOptions {
  identity: Identity;
}

/** `adoptSocketIo` or `adoptWebSocket`, by what the socket looks like. Throws NOT_SUPPORTED for anything else. */
export function adopt(push: Push, socket: unknown, { identity, ...options }: AdoptAnyOptions): Adoption {
  if (isSocketIo(socket)) return adoptSocketIo(push, socket, identity, options);
  if (isWebSocket(socket)) return adoptWebSocket(push, socket, identity, options);
  throw new PushError('NOT_SUPPORTED', 'Neither a Socket.IO socket nor a WebSocket of the package ws', {
    field: 'socket',
  });
}

const has = (value: unknown, ...methods: string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');

function isSocketIo(socket: unknown): socket is AnySocketIoSocket {
  return has(socket, 'emit', 'onAny', 'disconnect') && has(socket, 'on') && 'nsp' in (socket as object);
}

function isWebSocket(socket: unknown): socket is WebSocketSlice {
  return has(socket, 'send', 'ping', 'close', 'on', 'off') && 'bufferedAmount' in (socket as object);
}
