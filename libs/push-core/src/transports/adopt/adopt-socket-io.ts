import { systemClock } from '../../clock/system-clock.js';
import type { Identity } from '../../online/authenticator.js';
import type { Push } from '../../push.js';
import { SocketIoCodec } from '../socketio/codec.js';
import { joinSocket } from '../socketio/join-socket.js';
import { endBySocketIo } from '../socketio/socket-io-link.js';
import {
  requestIn,
  type AnySocketIoSocket,
  type SocketIoNamespace,
  type SocketIoSocket,
} from '../socketio/socket-io-slice.js';
import { arrivalOf, type AdoptOptions, type Adoption } from './adoption.js';

export interface AdoptSocketIoOptions extends AdoptOptions {
  /** Before the names of all events but `push`: `push.read`, `push.connected`, … Default `push.`. */
  prefix?: string;
}

const CODECS = Symbol('push.codecs');

/**
 * Delivers over a Socket.IO socket that the host authenticated: event `push`, which the client acknowledges by calling
 * its callback. The host's events and listeners are left alone. Give the identity its `issuedAt`: without one, a user
 * that was ever revoked is refused. A connect that is not right, without a device for instance, is
 * answered with `error`, and closed: it may be the client's doing.
 */
export function adoptSocketIo(
  push: Push,
  given: AnySocketIoSocket,
  identity: Identity,
  options: AdoptSocketIoOptions = {},
): Adoption {
  const socket = given as SocketIoSocket;
  const { prefix = 'push.', atEnd = 'close', clock = systemClock } = options;
  const address = options.address ?? push.addressOf(requestIn(socket));
  const arrival = arrivalOf(identity, { ...options, address });
  const link = joinSocket(push, socket, arrival, {
    codec: codecOf(socket.nsp, prefix),
    clock,
    prefix,
    ours: false,
    endSocket: atEnd === 'keep' ? undefined : endBySocketIo,
  });
  return { end: () => link.gone() };
}

/** One for all sockets of a namespace, so that a frame is encoded once; it lives as long as the namespace. */
function codecOf(
  namespace: SocketIoNamespace & { [CODECS]?: Map<string, SocketIoCodec> },
  prefix: string,
): SocketIoCodec {
  const codecs = (namespace[CODECS] ??= new Map<string, SocketIoCodec>());
  let codec = codecs.get(prefix);
  if (!codec) codecs.set(prefix, (codec = new SocketIoCodec(namespace.name, prefix)));
  return codec;
}
