import { isIPv6 } from 'node:net';
import { PushError, type Clock } from 'push-core';

const FREE_TRIES = 5;
/** Of one address, whatever the names: somebody who tries one password on many. */
const FREE_TRIES_OF_ADDRESS = 50;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** After so long without a try all is forgotten. */
const FORGET_MS = 60 * 60_000;
const MOST = 20_000;

interface Tries {
  count: number;
  last: number;
  until: number;
}

/**
 * How often a wrong password may be tried: five times for a name from an address, then after waits that double. By name
 * and address, so that nobody locks somebody else out from afar; and, more generously, by address alone. On this node.
 */
export class SignInThrottle {
  private readonly tries = new Map<string, Tries>();

  constructor(private readonly clock: Clock) {}

  /** Counts a try, before it is known whether it is right: those that come at once are counted too. Throws RATE_LIMITED. */
  enter(name: string, address: string): void {
    const now = this.clock.elapsed();
    const keys = keysOf(name, address);
    const waits = keys.map(([key]) => (this.tries.get(key)?.until ?? 0) - now);
    const wait = Math.max(...waits);
    if (wait > 0)
      throw new PushError('RATE_LIMITED', 'Too many attempts to sign in from this address; wait a while', {
        retryAfterMs: wait,
      });
    for (const [key, free] of keys) this.count(key, free, now);
  }

  /** It was right: the name is forgotten from this address. */
  passed(name: string, address: string): void {
    this.tries.delete(nameKey(name, address));
    this.notCounted(address);
  }

  /** The try was no guess at many names; that for this one it keeps counting. Many people may come through one address. */
  notCounted(address: string): void {
    const tries = this.tries.get(addressKey(address));
    if (tries) tries.count--;
  }

  private count(key: string, free: number, now: number): void {
    let tries = this.tries.get(key);
    if (!tries || now - tries.last > FORGET_MS) tries = { count: 0, last: now, until: 0 };
    tries.count++;
    tries.last = now;
    const beyond = tries.count - free;
    if (beyond >= 0) tries.until = now + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(beyond, 20));
    this.tries.delete(key);
    this.tries.set(key, tries);
    const [oldest] = this.tries.size > MOST ? this.tries.keys() : [];
    if (oldest !== undefined) this.tries.delete(oldest);
  }
}

const nameKey = (name: string, address: string): string => `${name}\n${networkOf(address)}`;
const addressKey = (address: string): string => nameKey('', address);
const keysOf = (name: string, address: string): (readonly [string, number])[] => [
  [nameKey(name, address), FREE_TRIES],
  [addressKey(address), FREE_TRIES_OF_ADDRESS],
];

/** Somebody has 2^64 addresses of IPv6: their network counts. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = ''] = plain.split('::');
  return head.split(':').slice(0, 4).join(':');
}
