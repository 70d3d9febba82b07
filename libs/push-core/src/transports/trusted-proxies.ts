import { BlockList, isIP } from 'node:net';
import { PushError } from '../errors.js';

/** Whether a peer at this address is believed when it says for whom it speaks. */
export type Trusts = (address: string) => boolean;

const LOOPBACK = ['127.0.0.0/8', '::1'];
/** RFC 1918, the carriers' NAT, link-local, RFC 4193: what nobody reaches from the Internet. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', 'fc00::/7'];
const WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', LOOPBACK],
  ['private', [...LOOPBACK, ...PRIVATE, 'fe80::/10']],
]);

/** True for what `PushOptions.trustedProxies` takes: an IP address, a CIDR range, `loopback` or `private`. */
export const isProxyRange = (item: string): boolean => WORDS.has(item) || rangeOf(item) !== undefined;

/** Throws PushError INVALID where an item is none that `isProxyRange` takes. Of an empty list: nobody is trusted. */
export function readTrustedProxies(items: readonly string[]): Trusts {
  if (items.length === 0) return () => false;
  const list = new BlockList();
  for (const [place, item] of items.entries()) {
    for (const text of WORDS.get(item) ?? [item]) {
      const range = rangeOf(text);
      if (!range) throw invalid(item, `trustedProxies[${place}]`);
      list.addSubnet(range.address, range.bits, range.family);
    }
  }
  return (address) => list.check(address, familyOf(address));
}

/** A single address is a range of one. */
function rangeOf(text: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', bits, ...more] = text.split('/');
  // A zone (`fe80::1%eth0`) names an interface of this machine, not whom to trust.
  if (isIP(address) === 0 || address.includes('%') || more.length > 0) return undefined;
  const family = familyOf(address);
  const most = family === 'ipv4' ? 32 : 128;
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)) return undefined;
  return { address, bits: bits === undefined ? most : Number(bits), family };
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (address.includes(':') ? 'ipv6' : 'ipv4');

const invalid = (item: unknown, field: string): PushError =>
  new PushError(
    'INVALID',
    `${field} is ${JSON.stringify(item)}; give an IP address, a CIDR range such as 10.0.0.0/8, "loopback" or "private"`,
    { field },
  );
