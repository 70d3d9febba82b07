import { lookup } from 'node:dns/promises';
import { createAllowList, isPublic } from './public-address.js';

/** Names to addresses; a test or a host may bring its own. Rejects where there is none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export type Verdict =
  /** `addresses`: those that were looked at, and the only ones that may be connected to. */
  | { readonly kind: 'admitted'; readonly url: URL; readonly addresses: readonly string[] }
  /** `reason`: short, without the address itself: what it answers goes back to whoever supplied the URL. */
  | { readonly kind: 'refused'; readonly reason: EgressReason }
  /** The name could not be resolved now; it may be later. */
  | { readonly kind: 'unresolved'; readonly reason: 'unknown_host' };

export type EgressReason =
  'not_a_url' | 'not_https' | 'port' | 'userinfo' | 'spelling' | 'internal_name' | 'not_public';

/**
 * Decides which addresses that a tenant or a device supplied may be connected to: https on port 443, no user info, a public name, and
 * every address behind it public. It is asked at registration, and again at every new connection, which goes to the addresses it
 * looked at and to no other, so that a name whose answer changes later gains nothing.
 *
 * What the operator allows apart: `host:port` admits that host on that port, wherever it points; a CIDR admits the addresses in it, on
 * any port. Both admit http too.
 */
export interface EgressGuard {
  /** Never rejects. */
  judge(url: string): Promise<Verdict>;
  /** What can be said without asking a name server. */
  judgeForm(url: string): FormVerdict;
}

export type FormVerdict =
  | { readonly kind: 'refused'; readonly reason: EgressReason }
  /** `needs`: the addresses have to be public, or in the operator's ranges (where scheme or port are not the usual ones), or are not looked at. */
  | { readonly kind: 'fine'; readonly url: URL; readonly needs: 'public' | 'range' | 'nothing' };

export interface EgressGuardOptions {
  /** `host:port` or CIDR. Throws PushError `INVALID` on anything else. Default: nothing. */
  readonly allow?: readonly string[];
  /** Default: the operating system's resolver. */
  readonly resolve?: Resolve;
}

/** Names that never lead out of the house, whatever they resolve to. */
const INTERNAL = /(^|\.)(localhost|local|internal|intranet|lan|corp|home|arpa)$/;

export function createEgressGuard(options: EgressGuardOptions = {}): EgressGuard {
  const allowed = createAllowList(options.allow ?? []);
  const resolve = options.resolve ?? systemResolve;

  function judgeForm(text: string): FormVerdict {
    const refused = (reason: EgressReason): FormVerdict => ({ kind: 'refused', reason });
    const authority = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1];
    if (authority === undefined || !URL.canParse(text)) return refused('not_a_url');
    // What a parser would quietly drop or turn around; and a name in another script than its own spelling.
    if (/[^\x21-\x7e]|\\/.test(text)) return refused('spelling');
    const url = new URL(text);
    if (authority.includes('@') || url.username !== '' || url.password !== '') return refused('userinfo');
    // 127.1, 0x7f000001, 2130706433 and the like are read as an address, and so are no longer what was written.
    if (authority.replace(/:\d*$/, '').toLowerCase() !== url.hostname) return refused('spelling');
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    if (allowed.hasHost(url.hostname, port)) return { kind: 'fine', url, needs: 'nothing' };
    if (url.protocol === 'https:' && port === 443) {
      if (url.hostname.endsWith('.') || INTERNAL.test(url.hostname)) return refused('internal_name');
      const literal = literalOf(url.hostname);
      if (literal === undefined && !url.hostname.includes('.')) return refused('internal_name');
      return { kind: 'fine', url, needs: 'public' };
    }
    if (allowed.hasRanges) return { kind: 'fine', url, needs: 'range' };
    return refused(url.protocol === 'https:' ? 'port' : 'not_https');
  }

  return {
    judgeForm,
    async judge(text) {
      const form = judgeForm(text);
      if (form.kind === 'refused') return form;
      const { url, needs } = form;
      const literal = literalOf(url.hostname);
      const addresses = literal === undefined ? await ask(resolve, url.hostname) : [literal];
      if (addresses.length === 0) return { kind: 'unresolved', reason: 'unknown_host' };
      const fits = (address: string): boolean =>
        needs === 'nothing' || allowed.hasAddress(address) || (needs === 'public' && isPublic(address));
      // One that does not fit spoils them all: whoever mixes them means to be let through by chance.
      if (!addresses.every(fits)) {
        return { kind: 'refused', reason: needs === 'public' ? 'not_public' : plainReason(url) };
      }
      return { kind: 'admitted', url, addresses };
    },
  };
}

const plainReason = (url: URL): EgressReason => (url.protocol === 'https:' ? 'port' : 'not_https');

/** The address where the host is one: `10.0.0.1`, `[::1]`. */
function literalOf(hostname: string): string | undefined {
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  return /^\d+\.\d+\.\d+\.\d+$/.test(hostname) ? hostname : undefined;
}

async function ask(resolve: Resolve, host: string): Promise<readonly string[]> {
  try {
    return await resolve(host);
  } catch {
    return [];
  }
}

const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map((found) => found.address);
