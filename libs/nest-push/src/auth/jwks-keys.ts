import { PushError, systemClock, type Clock } from 'push-core';
import type { createLocalJWKSet, JSONWebKeySet } from 'jose';

/** Who else may issue client tokens of a tenant: whoever has the private half of a key in this document. */
export interface JwksIssuer {
  /** `iss` of its tokens, exactly. */
  readonly issuer: string;
  readonly jwksUrl: string;
  /** One of the tokens' `aud`. Absent: `aud` is not looked at. */
  readonly audience?: string;
  /** Of RS256, ES256 and EdDSA; default all of them. */
  readonly algorithms?: readonly string[];
}

/**
 * The text at the address; undefined where it was not got. The address is a tenant's: whoever reads it sees to it that only
 * public hosts are called, within a deadline and a size.
 */
export type ReadJwks = (url: string) => Promise<string | undefined>;

export type KeySet = ReturnType<typeof createLocalJWKSet>;
type MakeKeySet = typeof createLocalJWKSet;

/** Read again after this, so that a key which was taken out is good no longer. */
const FRESH_MS = 5 * 60_000;
/** Where it cannot be read, what was read last is good for this long. */
const STALE_MS = 60 * 60_000;
/** No address is read more often than this, whatever tokens come. */
const PAUSE_MS = 30_000;
const MOST_DOCUMENTS = 1000;
const MOST_KEYS = 100;

interface Known {
  readonly keys?: KeySet;
  readonly readAt: number;
  readonly triedAt: number;
}

/** The keys of issuers: read when they are needed, remembered, and read again for a key that is not among them. */
export class JwksKeys {
  private readonly known = new Map<string, Known>();
  private readonly reading = new Map<string, Promise<Known>>();

  constructor(
    private readonly read: ReadJwks,
    private readonly clock: Pick<Clock, 'elapsed'> = systemClock,
  ) {}

  /** Throws a retryable PushError where there are none to be had now. A tenant's own document: nobody else's questions wear it out. */
  async of(tenant: string, url: string, make: MakeKeySet): Promise<KeySet> {
    const known = this.known.get(keyOf(tenant, url));
    const now = this.clock.elapsed();
    if (known?.keys && now - known.readAt < FRESH_MS) return known.keys;
    const latest = await this.again(tenant, url, make);
    if (latest.keys && now - latest.readAt < STALE_MS) return latest.keys;
    throw new PushError('STORE_UNAVAILABLE', 'The keys of the issuer cannot be read now', { retryAfterMs: PAUSE_MS });
  }

  /** Reads them again because one was missing; undefined where that was done a moment ago. */
  async renewed(tenant: string, url: string, make: MakeKeySet): Promise<KeySet | undefined> {
    const before = this.known.get(keyOf(tenant, url))?.keys;
    const { keys } = await this.again(tenant, url, make);
    return keys === before ? undefined : keys;
  }

  private async again(tenant: string, url: string, make: MakeKeySet): Promise<Known> {
    const key = keyOf(tenant, url);
    const known = this.known.get(key);
    const now = this.clock.elapsed();
    if (known && now - known.triedAt < PAUSE_MS) return known;
    let reading = this.reading.get(key);
    if (!reading) {
      reading = this.fetch(url, make, known, now).finally(() => this.reading.delete(key));
      this.reading.set(key, reading);
    }
    const latest = await reading;
    this.known.delete(key);
    this.known.set(key, latest);
    const [oldest] = this.known.size > MOST_DOCUMENTS ? this.known.keys() : [];
    if (oldest !== undefined) this.known.delete(oldest);
    return latest;
  }

  private async fetch(url: string, make: MakeKeySet, before: Known | undefined, now: number): Promise<Known> {
    const keys = await this.read(url).then(
      (text) => keySetIn(text, make),
      () => undefined,
    );
    return keys ? { keys, readAt: now, triedAt: now } : { readAt: -Infinity, ...before, triedAt: now };
  }
}

const keyOf = (tenant: string, url: string): string => `${tenant} ${url}`;

/** Public keys for signatures alone; what else stands in the document is not seen. */
function keySetIn(text: string | undefined, make: MakeKeySet): KeySet | undefined {
  if (text === undefined) return undefined;
  try {
    const { keys } = JSON.parse(text) as JSONWebKeySet;
    if (!Array.isArray(keys) || keys.length > MOST_KEYS) return undefined;
    return make({ keys: keys.filter(({ kty, d }) => ['RSA', 'EC', 'OKP'].includes(kty ?? '') && d === undefined) });
  } catch {
    return undefined;
  }
}
