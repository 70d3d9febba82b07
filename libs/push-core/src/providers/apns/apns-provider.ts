import type { Composed, Retraction } from '../../offline/composed.js';
import type {
  Address,
  CheckResult,
  Provider,
  ProviderTools,
  RetractRequest,
  SendRequest,
  SendResult,
} from '../provider.js';
import type { ShelfItem } from '../token-shelf.js';
import { UnderWay } from '../under-way.js';
import { otherThan, Targets, type Target } from './addresses.js';
import { markOf, type ApnsCredentials } from './credentials.js';
import { payloadOf, pushTypeOf, retractionOf, type PushType } from './payload.js';
import { ProviderToken } from './provider-token.js';
import { readAnswer, toResult, type Answer } from './results.js';

/** Apple keeps a notification no longer. */
const LONGEST_SECONDS = 30 * 86_400;
/** Whoever has not been reached by then finds out when the app is opened. */
const RETRACTION_SECONDS = 86_400;
/** Where Apple found 4096 bytes too many, a second try has to be clearly below. */
const SHORTER_BYTES = 3584;
/** A token nobody has: what is said of it tells whether the credentials are good. */
const NOBODY = '0'.repeat(64);

/** One request to Apple, apart from where it goes and who asks. */
interface Push {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
  /** The same in fewer bytes, where that is possible. */
  shorter?(): string | undefined;
}

/**
 * Apple's push service with token authentication. As parts of one send, each once: a newer JWT where Apple finds the old one expired, a
 * shorter payload where it finds it too large, and the other environment where it does not know the token.
 *
 * Until Apple has taken the JWT, one request goes out alone: what it says of the JWT would be said of all the others too.
 */
export class ApnsProvider implements Provider {
  readonly name = 'apns';
  private readonly targets: Targets;
  private readonly jwt: ProviderToken;
  private readonly lane: string;
  private readonly underWay = new UnderWay();
  /** What Apple thinks of our JWT. */
  private standing: 'open' | 'taken' | 'refused' = 'open';

  constructor(
    private readonly credentials: ApnsCredentials,
    private readonly tools: ProviderTools,
  ) {
    this.targets = new Targets(credentials);
    this.jwt = new ProviderToken(credentials, tools.tenant, tools.shelf, tools.clock);
    this.lane = `apns ${tools.tenant} ${markOf(credentials)}`;
  }

  send(requests: readonly SendRequest[]): Promise<readonly SendResult[]> {
    return this.each(requests, ({ address, notification }) => this.prepare(address, notification));
  }

  retract(requests: readonly RetractRequest[]): Promise<readonly SendResult[]> {
    return this.each(requests, ({ address, retraction }) => this.prepareRetraction(address, retraction));
  }

  async check(): Promise<CheckResult> {
    const { topic, environment } = this.credentials;
    const headers = {
      'apns-topic': topic,
      'apns-push-type': 'background',
      'apns-priority': '5',
      'apns-expiration': '0',
    };
    const push = { headers, payload: '{"aps":{"content-available":1}}' };
    const target = this.targets.of(NOBODY, environment);
    const result = await this.underWay.until(this.withJwt(target, push, this.tools.clock.elapsed()));
    switch (result.kind) {
      case 'accepted':
      case 'token_invalid':
      case 'token_suspect':
        return { kind: 'ok' };
      case 'config_error':
      case 'payload_error':
        return { kind: 'config_error', reason: result.reason };
      case 'throttled':
      case 'transient':
      case 'quota_exhausted':
      case 'unknown_after_write':
        return { kind: 'unknown', reason: result.reason };
    }
  }

  async close(): Promise<void> {
    await this.underWay.ended();
    this.tools.http.forget(this.lane);
  }

  private each<R extends { readonly address: Address }>(
    requests: readonly R[],
    prepare: (request: R) => Push | SendResult,
  ): Promise<readonly SendResult[]> {
    const startedAt = this.tools.clock.elapsed();
    const one = (request: R): Promise<SendResult> => {
      const push = prepare(request);
      return 'kind' in push ? Promise.resolve(push) : this.deliver(request, push, startedAt);
    };
    return this.underWay.until(this.firstThenRest(requests, one));
  }

  private async firstThenRest<R>(
    requests: readonly R[],
    one: (request: R) => Promise<SendResult>,
  ): Promise<readonly SendResult[]> {
    if (this.standing === 'refused') this.standing = 'open';
    const results: SendResult[] = [];
    for (const [place, request] of requests.entries()) {
      if (this.standing === 'taken') return [...results, ...(await Promise.all(requests.slice(place).map(one)))];
      const result = await one(request);
      results.push(result);
      if (this.refused()) return requests.map((_, other) => results[other] ?? result);
      // Nobody answers: the others would only wait for the same silence, one after the other.
      if (result.kind === 'transient' || result.kind === 'unknown_after_write') this.standing = 'taken';
    }
    return results;
  }

  private refused(): boolean {
    return this.standing === 'refused';
  }

  private prepare(address: Address, notification: Composed): Push | SendResult {
    const payload = payloadOf(notification);
    if (payload === undefined) return { kind: 'payload_error', reason: 'too_large' };
    const type = pushTypeOf(notification);
    const priority = type === 'alert' && notification.priority === 'high' ? 10 : 5;
    const now = this.tools.clock.now();
    const until = Math.min(notification.expiresAt, now + LONGEST_SECONDS * 1000);
    const headers = this.headers(address, type, notification.id, priority, Math.max(0, Math.floor(until / 1000)));
    const { collapseKey } = notification;
    if (collapseKey !== undefined && Buffer.byteLength(collapseKey) <= 64) headers['apns-collapse-id'] = collapseKey;
    return {
      headers,
      payload,
      shorter: () => payloadOf(notification, SHORTER_BYTES),
    };
  }

  /** Without a collapse id: it would take the place of a newer notification with the same one that is still on its way. */
  private prepareRetraction(address: Address, retraction: Retraction): Push {
    const until = Math.floor(this.tools.clock.now() / 1000) + RETRACTION_SECONDS;
    return {
      headers: this.headers(address, 'background', retraction.id, 5, until),
      payload: retractionOf(retraction),
    };
  }

  private headers(
    { token }: Address,
    type: PushType,
    id: string,
    priority: 5 | 10,
    expiration: number,
  ): Record<string, string> {
    return {
      'apns-topic': token.topic ?? this.credentials.topic,
      'apns-push-type': type,
      'apns-priority': String(priority),
      'apns-expiration': String(expiration),
      'apns-id': id,
    };
  }

  private async deliver(
    { address }: { readonly address: Address },
    push: Push,
    startedAt: number,
  ): Promise<SendResult> {
    const token = address.token.token as string;
    const environment = this.targets.environmentOf(address);
    const result = await this.withJwt(this.targets.of(token, environment), push, startedAt);
    if (result.kind !== 'token_suspect' || result.reason !== 'BadDeviceToken') return result;
    const other = otherThan(environment);
    const elsewhere = this.targets.otherwise(token, other);
    if (!elsewhere) return result;
    const second = await this.withJwt(elsewhere, push, startedAt);
    if (second.kind === 'accepted') this.targets.learn(address, other);
    return isTelling(second) ? second : result;
  }

  private async withJwt(target: Target, push: Push, startedAt: number): Promise<SendResult> {
    let jwt: ShelfItem;
    try {
      jwt = await this.jwt.get();
    } catch {
      return { kind: 'config_error', reason: 'cannot_sign' };
    }
    const answer = await this.post(target, push.headers, push.payload, jwt, startedAt);
    if (answer.meaning === 'stale_jwt') {
      const next = await this.jwt.after(jwt);
      if (typeof next === 'number') {
        return { kind: 'throttled', reason: answer.reason, retryAfterMs: next, scope: 'provider' };
      }
      return toResult(await this.post(target, push.headers, push.payload, next, startedAt));
    }
    if (answer.meaning === 'too_large') {
      const shorter = push.shorter?.();
      if (shorter === undefined || shorter === push.payload) return toResult(answer);
      return toResult(await this.post(target, push.headers, shorter, jwt, startedAt));
    }
    return toResult(answer);
  }

  private async post(
    { url, trust }: Target,
    headers: Readonly<Record<string, string>>,
    body: string,
    jwt: ShelfItem,
    startedAt: number,
  ): Promise<Answer> {
    const { http, clock } = this.tools;
    const deadlineMs = this.tools.deadlineMs - (clock.elapsed() - startedAt);
    if (deadlineMs <= 0) return { meaning: 'transient', reason: 'deadline' };
    const result = await http.request({
      method: 'POST',
      url,
      headers: { authorization: `bearer ${jwt.value}`, ...headers },
      body,
      deadlineMs,
      protocol: 'h2',
      trust,
      lane: this.lane,
    });
    const answer = readAnswer(result, clock.now());
    if (result.kind === 'answered') {
      const refused = result.status === 403 || answer.meaning === 'throttled_provider';
      this.standing = refused ? 'refused' : 'taken';
    }
    return answer;
  }
}

/** What the other environment says counts only where it knows the token. */
function isTelling(result: SendResult): boolean {
  if (result.kind === 'throttled') return result.scope === 'device';
  return result.kind === 'accepted' || result.kind === 'token_invalid' || result.kind === 'unknown_after_write';
}
