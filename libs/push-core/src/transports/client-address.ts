import { isIP, SocketAddress } from 'node:net';
import type { Trusts } from './trusted-proxies.js';

/** What of a request says where it comes from. Node's own request fits, and so do Express's and Fastify's. */
export interface AddressedRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: { readonly remoteAddress?: string };
}

/** A chain of proxies is short: a header that is longer than this is somebody's who wants to keep us busy. */
const HOPS = 32;

/** `[v6]`, `[v6]:port` and `v4:port`, as some proxies write them. */
const WITH_PORT = /^\[([^\]]*)\](?::\d*)?$|^([\d.]+):\d*$/;

/**
 * Whose request it is: the peer's address, or the one that a trusted peer names. `X-Forwarded-For` is read from its right end, since each
 * proxy adds there whom it sees: the first address that is not trusted is the client's, and what stands left of it is mere claim.
 * Where a proxy wrote something that is no address, the proxy itself counts.
 */
export function clientAddress({ headers, socket }: AddressedRequest, trusts: Trusts): string | undefined {
  let address = plainAddress(socket.remoteAddress);
  if (address === undefined || !trusts(address)) return address;
  let rest = String(headers['x-forwarded-for'] ?? '');
  for (let hop = 0; hop < HOPS && trusts(address); hop++) {
    const comma = rest.lastIndexOf(',');
    const named = addressIn(rest.slice(comma + 1));
    if (named === undefined) return address;
    address = named;
    rest = rest.slice(0, Math.max(comma, 0));
  }
  return address;
}

/** An IPv4 address is the same one on a socket for both families; the interface it came in by is no part of it. */
export function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

/** In one spelling: whoever is counted by address must not be another one with a zero more. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const [, v6, v4] = WITH_PORT.exec(text) ?? [];
  const address = plainAddress(v6 ?? v4 ?? text) ?? '';
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      return plainAddress(new SocketAddress({ address, family: 'ipv6' }).address);
    default:
      return undefined;
  }
}
