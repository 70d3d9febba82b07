import type { Clock } from '../../clock/clock.js';
import type { Random } from '../../ids/ids.js';
import { createEgressGuard, type EgressGuard } from './egress-guard.js';
import { Pending } from './pending.js';
import type { HttpPool, HttpRequest, HttpResult } from './pool.js';
import { Site } from './site.js';
import { Slots } from './slots.js';

export interface HttpPoolOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Judges requests of trust `guest`. Default: one that admits public https hosts only. */
  readonly guard?: EgressGuard;
  /** Certificate authorities, PEM, in place of the built-in ones: for tests against a self-made certificate. */
  readonly ca?: string | readonly string[];
  /** Connections at most, of all lanes together. Default 512. */
  readonly maxConnections?: number;
  /** Connections at most of one lane, so that no tenant takes them all. Default 64. */
  readonly maxLaneConnections?: number;
  /** Connections at most to one origin of a lane. Default 4 where it speaks HTTP/2, 16 where it speaks HTTP/1.1. */
  readonly maxSessions?: number;
  readonly maxSockets?: number;
  /** Requests under way on one HTTP/2 connection at most, whatever the server would take. Default 1000. */
  readonly maxStreams?: number;
  /** Requests of one origin that wait for room at most; the next is refused. Default 10,000. */
  readonly maxWaiting?: number;
  /** A connection stands by then, TLS included. Default 10,000 ms. */
  readonly connectMs?: number;
  /** The first pause after a failed connection; it doubles up to 30 s, with jitter. Default 250 ms. */
  readonly backOffMs?: number;
  /** HTTP/2 PING, idle or not. 60,000 ms at most; default 30,000 ms. */
  readonly pingEveryMs?: number;
  /** No answer to a PING by then: the connection is dead. Default 10,000 ms. */
  readonly pingTimeoutMs?: number;
  /** An HTTP/2 connection without requests is closed then. Default 30 minutes to operators' addresses, a minute to guests'. */
  readonly idleMs?: number;
}

/** An HttpPool over node:http2, node:http and node:https. */
export function createHttpPool(options: HttpPoolOptions): HttpPool {
  const { clock } = options;
  const guard = options.guard ?? createEgressGuard();
  const sites = new Map<string, Site>();
  /** All that have something under way, those included whose lane was forgotten. */
  const living = new Set<Site>();
  const slots = new Slots(options.maxConnections ?? 512, options.maxLaneConnections ?? 64, (wanting) =>
    leastUsed(living, wanting),
  );
  let closed: Promise<void> | undefined;
  let emptied: (() => void) | undefined;

  function siteOf(request: HttpRequest, origin: string): Site {
    const key = `${request.lane}\n${request.trust}\n${request.protocol}\n${origin}`;
    const known = sites.get(key);
    if (known) return known;
    const site = new Site(origin, request, {
      clock,
      guard,
      slots,
      random: options.random,
      ca: options.ca,
      limits: limitsOf(options, request.trust),
      empty: () => {
        living.delete(site);
        if (sites.get(key) === site) sites.delete(key);
        if (living.size === 0) emptied?.();
      },
    });
    sites.set(key, site);
    living.add(site);
    return site;
  }

  return {
    request(request) {
      if (closed) return answer('refused', 'closed');
      const parts = /^(https?:\/\/[^/?#]+)([^#]*)/.exec(request.url);
      if (!parts) return answer('forbidden', 'not_a_url');
      if (request.trust === 'guest') {
        const form = guard.judgeForm(request.url);
        if (form.kind === 'refused') return answer('forbidden', form.reason);
      }
      const path = parts[2] || '/';
      return new Promise<HttpResult>((resolve) => {
        const pending = new Pending(request, path.startsWith('/') ? path : `/${path}`, clock, resolve);
        siteOf(request, parts[1] as string).take(pending);
      });
    },
    forget(lane) {
      for (const [key, site] of sites) {
        if (site.lane !== lane) continue;
        sites.delete(key);
        site.retire();
      }
    },
    close() {
      closed ??= new Promise<void>((resolve) => {
        emptied = resolve;
        if (living.size === 0) return resolve();
        for (const site of [...living]) site.retire();
      });
      return closed;
    },
  };
}

export interface SiteLimits {
  readonly maxSessions: number;
  readonly maxSockets: number;
  readonly maxStreams: number;
  readonly maxWaiting: number;
  readonly connectMs: number;
  readonly backOffMs: number;
  readonly pingEveryMs: number;
  readonly pingTimeoutMs: number;
  readonly idleMs: number;
}

const limitsOf = (options: HttpPoolOptions, trust: HttpRequest['trust']): SiteLimits => ({
  maxSessions: options.maxSessions ?? 4,
  maxSockets: options.maxSockets ?? 16,
  maxStreams: options.maxStreams ?? 1000,
  maxWaiting: options.maxWaiting ?? 10_000,
  connectMs: options.connectMs ?? 10_000,
  backOffMs: options.backOffMs ?? 250,
  pingEveryMs: Math.min(options.pingEveryMs ?? 30_000, 60_000),
  pingTimeoutMs: options.pingTimeoutMs ?? 10_000,
  idleMs: options.idleMs ?? (trust === 'operator' ? 1_800_000 : 60_000),
});

/** Where a connection stands idle, the one that has done so for longest; the slot goes to whoever needs it. */
function leastUsed(sites: Iterable<Site>, wanting: string | undefined): (() => void) | undefined {
  let oldest: { readonly since: number; close(): void } | undefined;
  for (const site of sites) {
    if (wanting !== undefined && site.lane !== wanting) continue;
    const idle = site.idleLink();
    if (idle && (!oldest || idle.since < oldest.since)) oldest = idle;
  }
  const found = oldest;
  return found && (() => found.close());
}

const answer = (kind: 'refused' | 'forbidden', reason: string): Promise<HttpResult> =>
  Promise.resolve({ kind, reason });
