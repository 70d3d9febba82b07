import type { HttpRequest } from '../http/pool.js';
import type { CheckResult, Provider, ProviderTools, RetractRequest, SendRequest, SendResult } from '../provider.js';
import type { Making, ShelfItem } from '../token-shelf.js';
import { readHttp } from './answer.js';
import { credentialsMark } from './credentials.js';
import type { Credentials, Dialect, Line, Posted, Reading } from './dialect.js';
import { intoParcels, type Placed } from './group-equal.js';

/** Answers of a thousand tokens name each of them. */
const ANSWER_BYTES = 512 * 1024;

/** Carries a result through the token shelf, which knows of rejections only. */
class AccessFailure extends Error {
  constructor(readonly result: SendResult) {
    super('no access token');
  }
}

/**
 * The exchange that all these vendors share.
 *
 *   send     requests are composed; those that cannot be sent have their result at once. The rest goes out in parcels, all at
 *            the same time, each parcel on its own:
 *   deliver  with the current access token; where the vendor refuses it, once more with a new one; refused again, the
 *            credentials are at fault. The whole of it ends by the deadline: what is left of it is what the second try has.
 */
export class VendorProvider implements Provider {
  readonly name: string;
  /** Kept from whoever prints or serialises what holds it. */
  readonly #credentials: Credentials;
  private readonly mark: string;
  private readonly lane: string;
  private readonly under = new Set<Promise<unknown>>();
  private closed = false;

  constructor(
    private readonly dialect: Dialect,
    credentials: Credentials,
    private readonly tools: ProviderTools,
  ) {
    this.name = dialect.name;
    this.#credentials = credentials;
    this.mark = credentialsMark(credentials);
    this.lane = `${tools.tenant} ${dialect.name} ${this.mark}`;
  }

  send(requests: readonly SendRequest[]): Promise<readonly SendResult[]> {
    return this.track(this.sendAll(requests));
  }

  retract(requests: readonly RetractRequest[]): Promise<readonly (SendResult | undefined)[]> {
    return this.track(Promise.all(requests.map((request) => this.retractOne(request))));
  }

  check(): Promise<CheckResult> {
    return this.track(this.checkAccess());
  }

  async close(): Promise<void> {
    this.closed = true;
    while (this.under.size > 0) await Promise.allSettled([...this.under]);
    this.tools.http.forget(this.lane);
  }

  private async sendAll(requests: readonly SendRequest[]): Promise<readonly SendResult[]> {
    const now = this.tools.clock.now();
    const results: SendResult[] = requests.map(() => ({ kind: 'transient', reason: 'closed' }));
    if (this.closed) return results;
    const placed: Placed[] = [];
    requests.forEach(({ address, notification }, place) => {
      const draft = this.dialect.compose(notification, this.#credentials, now);
      if (draft.kind === 'refused') results[place] = draft.result;
      else placed.push({ place, item: { token: tokenOf(address), content: draft.content, id: notification.id } });
    });
    const sending = intoParcels(placed, this.dialect).map(async ({ parcel, places }) => {
      const resultAt = await this.withAccess(async (line) => judgedTogether(await this.dialect.deliver(parcel, line)));
      places.forEach((place, at) => (results[place] = resultAt(at)));
    });
    await Promise.all(sending);
    return results;
  }

  private async retractOne({ address, retraction }: RetractRequest): Promise<SendResult | undefined> {
    const { dialect } = this;
    if (!dialect.retract) return undefined;
    if (this.closed) return { kind: 'transient', reason: 'closed' };
    // Vendors who would have to take back more than this one device's say so before they say anything to the vendor.
    let cannot = false;
    const resultAt = await this.withAccess(async (line) => {
      const reading = await dialect.retract?.(tokenOf(address), retraction, line);
      cannot = reading === undefined;
      return reading ?? [];
    });
    return cannot ? undefined : resultAt(0);
  }

  /** Answers the result of each item by its place. */
  private async withAccess(exchange: (line: Line) => Promise<Reading>): Promise<(at: number) => SendResult> {
    const { shelf, tenant, clock } = this.tools;
    const until = clock.elapsed() + this.tools.deadlineMs;
    const making = this.making(until);
    try {
      if (!making) {
        const reading = await exchange(this.line('', until));
        return each(reading);
      }
      const first = await shelf.get(tenant, this.shelfName, making);
      const reading = await exchange(this.line(first.value, until));
      if (reading !== 'stale_access') return each(reading);
      await shelf.refuse(tenant, this.shelfName, first, making);
      const second: ShelfItem = await shelf.get(tenant, this.shelfName, making);
      return each(await exchange(this.line(second.value, until)));
    } catch (thrown) {
      const result = failureOf(thrown);
      return () => result;
    }
  }

  private async checkAccess(): Promise<CheckResult> {
    const until = this.tools.clock.elapsed() + this.tools.deadlineMs;
    const making = this.making(until);
    const { dialect } = this;
    let access = '';
    try {
      // Asked for anew: the one on the shelf may be from before the credentials were changed at the vendor's.
      if (making) access = (await making.make()).value;
    } catch (thrown) {
      return toCheck(failureOf(thrown));
    }
    if (!dialect.probe) return { kind: 'ok' };
    return toCheck(each(await dialect.probe(this.line(access, until)))(0));
  }

  private get shelfName(): string {
    return `${this.dialect.name}.${this.mark}`;
  }

  private making(until: number): Making | undefined {
    const { access } = this.dialect;
    if (!access) return undefined;
    return {
      refreshAfterMs: access.refreshAfterMs,
      make: async () => {
        // Also called in the background, long after the send it was made for.
        const late = this.tools.clock.elapsed() >= until;
        const made = await access.make(
          this.line('', late ? this.tools.clock.elapsed() + this.tools.deadlineMs : until),
        );
        if (made.kind === 'failed') throw new AccessFailure(made.result);
        return made;
      },
    };
  }

  private line(access: string, until: number): Line {
    const { dialect, tools } = this;
    const credentials = this.#credentials;
    return {
      credentials,
      access,
      now: tools.clock.now(),
      post: async (path, posted) => {
        const left = until - tools.clock.elapsed();
        if (left <= 0) {
          return { kind: 'failed', result: { kind: 'transient', reason: 'deadline' }, unauthorized: false };
        }
        return readHttp(
          await tools.http.request(toRequest(dialect, credentials, path, posted, left, this.lane)),
          tools.clock.now(),
        );
      },
    };
  }

  private async track<T>(work: Promise<T>): Promise<T> {
    this.under.add(work);
    try {
      return await work;
    } finally {
      this.under.delete(work);
    }
  }
}

const REFUSED: SendResult = { kind: 'config_error', reason: 'access_refused' };
const UNREADABLE: SendResult = { kind: 'unknown_after_write', reason: 'unreadable_answer' };

/**
 * Credentials that others in the same request were taken with are good: what is held against one of its tokens is that token's, and
 * must not stop everybody's notifications.
 */
function judgedTogether(reading: Reading): Reading {
  if (reading === 'stale_access' || !reading.some(({ kind }) => kind === 'accepted')) return reading;
  return reading.map((result) =>
    result.kind === 'config_error' ? { kind: 'token_suspect', reason: result.reason } : result,
  );
}

const each =
  (reading: Reading) =>
  (at: number): SendResult =>
    reading === 'stale_access' ? REFUSED : (reading[at] ?? UNREADABLE);

/** A shelf that fails of itself is nobody's fault, and may be well again soon. */
const failureOf = (thrown: unknown): SendResult =>
  thrown instanceof AccessFailure ? thrown.result : { kind: 'transient', reason: 'access' };

const tokenOf = ({ token }: SendRequest['address']): string => (typeof token.token === 'string' ? token.token : '');

function toRequest(
  dialect: Dialect,
  credentials: Credentials,
  path: string,
  { to = 'endpoint', headers, json, form }: Posted,
  deadlineMs: number,
  lane: string,
): HttpRequest {
  const { url, trust } = baseOf(dialect, credentials, to);
  const type = form ? 'application/x-www-form-urlencoded; charset=utf-8' : 'application/json; charset=utf-8';
  return {
    method: 'POST',
    url: url + path,
    headers: { 'content-type': type, ...headers },
    body: form ? new URLSearchParams(form).toString() : JSON.stringify(json ?? {}),
    deadlineMs,
    protocol: 'any',
    trust,
    lane,
    maxBodyBytes: ANSWER_BYTES,
  };
}

/** An address that stands in a tenant's credentials is the tenant's word. Where access is given by the same host, one address is for both. */
function baseOf(
  dialect: Dialect,
  { endpoint, authEndpoint }: Credentials,
  to: 'endpoint' | 'auth',
): { url: string; trust: HttpRequest['trust'] } {
  const apart = to === 'auth' && dialect.authEndpoint !== undefined;
  const own = to === 'auth' ? (authEndpoint ?? (apart ? undefined : endpoint)) : endpoint;
  if (own !== undefined) return { url: own, trust: 'guest' };
  return { url: apart ? (dialect.authEndpoint ?? dialect.endpoint) : dialect.endpoint, trust: 'operator' };
}

function toCheck(result: SendResult): CheckResult {
  switch (result.kind) {
    case 'config_error':
      return { kind: 'config_error', reason: result.reason };
    case 'accepted':
    case 'token_invalid':
    case 'token_suspect':
    case 'payload_error':
      // The credentials were good enough for the vendor to look at the rest.
      return { kind: 'ok' };
    case 'throttled':
    case 'transient':
    case 'quota_exhausted':
    case 'unknown_after_write':
      return { kind: 'unknown', reason: result.reason };
  }
}
