import ipaddr from 'ipaddr.js';
import { PushError } from '../../errors.js';

/** Reserved, though the library's table calls them plain unicast. */
const RESERVED_V4 = ipaddr.IPv4.parseCIDR('198.18.0.0/15');
/** Of IPv6 only this part is given out for the public Internet; the translated and mapped ones lie outside it. */
const GLOBAL_V6 = ipaddr.IPv6.parseCIDR('2000::/3');
const RESERVED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map((range) =>
  ipaddr.IPv6.parseCIDR(range),
);

/** A public unicast address. What carries an IPv4 address inside (mapped, NAT64, 6to4, Teredo) is not one. */
export function isPublic(text: string): boolean {
  const address = parse(text);
  if (address === undefined || address.range() !== 'unicast') return false;
  if (address instanceof ipaddr.IPv4) return !address.match(RESERVED_V4);
  return address.match(GLOBAL_V6) && !RESERVED_V6.some((range) => address.match(range));
}

export interface AllowList {
  /** `hostname` as `URL` writes it: `example.org`, `[::1]`. */
  hasHost(hostname: string, port: number): boolean;
  hasAddress(address: string): boolean;
  readonly hasRanges: boolean;
}

/** Of `host:port` and CIDR entries; throws PushError `INVALID` on anything else. */
export function createAllowList(entries: readonly string[]): AllowList {
  const hosts = new Set<string>();
  const ranges: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  for (const [place, entry] of entries.entries()) {
    if (ipaddr.isValidCIDR(entry)) ranges.push(ipaddr.parseCIDR(entry));
    else hosts.add(hostAndPort(entry, `allow[${place}]`));
  }
  return {
    hasHost: (hostname, port) => hosts.has(`${hostname}:${port}`),
    hasAddress: (text) => {
      const address = parse(text);
      return address !== undefined && ranges.some(([base, bits]) => within(address, base, bits));
    },
    hasRanges: ranges.length > 0,
  };
}

function hostAndPort(entry: string, field: string): string {
  const text = `http://${entry}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const port = /:(\d+)$/.exec(entry)?.[1];
  if (!url || port === undefined || url.pathname !== '/' || url.search || url.hash || url.username) {
    throw new PushError('INVALID', `"${field}" must be host:port or a CIDR such as 10.1.0.0/16`, { field });
  }
  return `${url.hostname}:${Number(port)}`;
}

const within = (address: ipaddr.IPv4 | ipaddr.IPv6, base: ipaddr.IPv4 | ipaddr.IPv6, bits: number): boolean =>
  address.kind() === base.kind() && address.match(base, bits);

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  // A zone (`fe80::1%eth0`) names an interface of this machine.
  if (text.includes('%') || !ipaddr.isValid(text)) return undefined;
  return ipaddr.parse(text);
}
