import type { Clock } from '../../clock/clock.js';
import { CLOSE } from '../../close-reasons.js';
import { LIMITS } from '../../model/limits.js';
import type { Push } from '../../push.js';
import type { Arrival, Connect } from '../transport.js';
import { ClientEvents, isClientEvent } from './client-events.js';
import type { SocketIoCodec } from './codec.js';
import { SocketIoLink, type EndSocket } from './socket-io-link.js';
import type { SocketIoSocket } from './socket-io-slice.js';

/** Room for the packet's type, namespace, id and the event's name around a frame of the largest size. */
export const PACKET_OVERHEAD_BYTES = 1024;

export interface JoinOptions {
  readonly codec: SocketIoCodec;
  readonly clock: Clock;
  /** Before the name of every event but `push`. */
  readonly prefix: string;
  /** The whole socket is ours: what is not of the protocol is a mistake or an attack. */
  readonly ours: boolean;
  readonly endSocket: EndSocket;
  /** Called once, when the socket is gone or no longer ours. */
  readonly left?: (link: SocketIoLink) => void;
}

/** Hands a socket that was let in to the engine, and listens to it until the link ends. */
export function joinSocket(
  push: Push,
  socket: SocketIoSocket,
  arrival: Arrival & { readonly connect: Connect },
  { codec, clock, prefix, ours, endSocket, left }: JoinOptions,
): SocketIoLink {
  const { conn } = socket;
  const link: SocketIoLink = new SocketIoLink(socket, codec, clock, endSocket, () => {
    leave();
    left?.(link);
  });
  const handler = push.accept(link, arrival);
  link.join(handler);
  const { tenant, user } = arrival.identity ?? { tenant: '', user: '' };
  // Without a device the engine is about to close the link.
  const events = new ClientEvents(push, link, { tenant, user, device: arrival.connect.device ?? '' });

  const said = (given: unknown, ...args: unknown[]): void => {
    const event = String(given);
    const op = event.startsWith(prefix) ? event.slice(prefix.length) : '';
    if (isClientEvent(op)) events.said(op, args);
    else if (ours && socket.listenerCount(event) === 0) events.unknown(event);
  };
  const packet = ({ type, data }: { type: string; data?: unknown }): void => {
    if (type !== 'message') handler.alive();
    else if (ours && typeof data === 'string') {
      const fault = faultOf(data, socket.nsp.name);
      if (fault) handler.violated(fault);
    }
  };
  /** Emitted for packets that cannot be parsed, before the connection is closed for it; by clients too, as an event. */
  const broken = (error: unknown): void => {
    if (ours && error instanceof Error) handler.violated(CLOSE.badFrame);
  };
  const upgraded = (): void => link.upgraded();
  const gone = (): void => link.gone();
  const leave = (): void => {
    socket.offAny(said);
    socket.off('error', broken);
    socket.off('disconnect', gone);
    conn.off('packet', packet);
    conn.off('upgrade', upgraded);
  };
  socket.onAny(said);
  socket.on('error', broken);
  socket.on('disconnect', gone);
  conn.on('packet', packet);
  conn.on('upgrade', upgraded);
  return link;
}

/** Looked at before the packet is parsed: binary packets are refused by their head, large ones by their length. */
function faultOf(packet: string, namespace: string): (typeof CLOSE)['badFrame'] | undefined {
  const isBinary = packet.startsWith('5') || packet.startsWith('6');
  const isLarge = packet.length > LIMITS.clientFrameBytes + PACKET_OVERHEAD_BYTES;
  if (!isBinary && !isLarge) return undefined;
  const rest = packet.slice(1, LIMITS.idLength * 2).replace(/^\d+-/, '');
  const isOurs = namespace === '/' ? !rest.startsWith('/') || rest.startsWith('/,') : rest.startsWith(`${namespace},`);
  if (!isOurs) return undefined;
  return isBinary ? CLOSE.badFrame : CLOSE.frameTooLarge;
}
