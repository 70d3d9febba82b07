import type { Clock } from '../../clock/clock.js';
import type { Identity } from '../../online/authenticator.js';
import type { Arrival, Connect } from '../transport.js';

/** How a connection of the host is taken over; the host's own messages on it are left alone. */
export interface AdoptOptions extends Connect {
  /** The client's address (`Push.addressOf`), for the limit per address. Default: on Socket.IO that of its request. */
  address?: string;
  /**
   * What becomes of the socket when the engine ends the link (the user was revoked, a newer connection of the device
   * came, the client does not take its messages): `close` (the default) ends it after `bye`; `keep` leaves it to the host.
   */
  atEnd?: 'close' | 'keep';
  clock?: Clock;
}

/** An adopted connection. */
export interface Adoption {
  /** Gives the socket back: the device counts as gone, no listener of ours stays. Idempotent. */
  end(): void;
}

/** The device: of the options, or else of the identity. Without one, or with a wrong one, the link is told so and closed. */
export function arrivalOf(
  identity: Identity,
  { device = identity.device, resume, window, follow, address }: AdoptOptions,
): Arrival & { readonly connect: Connect } {
  return { identity, address, connect: { device, resume, window, follow } };
}
