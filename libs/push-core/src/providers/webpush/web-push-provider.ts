import type { Composed } from '../../offline/composed.js';
import type { HttpResult } from '../http/pool.js';
import type {
  Address,
  CheckResult,
  Provider,
  ProviderTools,
  RetractRequest,
  SendRequest,
  SendResult,
} from '../provider.js';
import { createEncrypter, type Encrypt } from './encrypt.js';
import { closePayload, showPayload, topicOf } from './payload.js';
import { readAnswer } from './results.js';
import { isApple, isKnownService } from './services.js';
import { readSubscription, type Subscription } from './subscription.js';
import { UnderWay } from '../under-way.js';
import { VapidHeaders, type VapidCredentials } from './vapid.js';

/** An encryption takes 0.1 ms; after so many the event loop has its turn. */
const ENCRYPTED_AT_ONCE = 8;
/** The longest that every push service takes: four weeks. */
const MAX_TTL_SECONDS = 2_419_200;
/** A close push waits as long as a notification does by default. */
const CLOSE_TTL_SECONDS = 604_800;

interface Push {
  readonly to: Subscription;
  readonly plaintext: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A push, or why there is none. */
type Prepared<Otherwise> =
  { readonly kind: 'push'; readonly push: Push } | { readonly kind: 'none'; readonly result: Otherwise };

export class WebPushProvider implements Provider {
  readonly name = 'webpush';
  readonly #encrypt: Encrypt = createEncrypter();
  readonly #vapid: VapidHeaders;
  readonly #tools: ProviderTools;
  readonly #lane: string;
  readonly #underWay = new UnderWay();

  constructor(credentials: VapidCredentials, tools: ProviderTools) {
    this.#vapid = new VapidHeaders(credentials, tools.clock);
    this.#tools = tools;
    this.#lane = `webpush ${tools.tenant} ${credentials.publicKey}`;
  }

  send(requests: readonly SendRequest[]): Promise<readonly SendResult[]> {
    return this.#each(requests, ({ address, notification }) => this.#prepare(address, notification));
  }

  retract(requests: readonly RetractRequest[]): Promise<readonly (SendResult | undefined)[]> {
    return this.#each(requests, ({ address, retraction }): Prepared<SendResult | undefined> => {
      const to = subscription(address);
      if (to === undefined || isApple(to.origin)) return { kind: 'none', result: undefined };
      // No topic: it would put this in the place of a newer notification with the same key that is still pending.
      const headers = { ttl: String(CLOSE_TTL_SECONDS), urgency: 'normal' };
      return { kind: 'push', push: { to, plaintext: closePayload(retraction), headers } };
    });
  }

  /** Without a subscription a push service takes nothing; that the keys belong together was seen when they were read. */
  async check(): Promise<CheckResult> {
    return { kind: 'ok' };
  }

  async close(): Promise<void> {
    await this.#underWay.ended();
    this.#tools.http.forget(this.#lane);
  }

  #each<Request, Otherwise>(
    requests: readonly Request[],
    prepare: (request: Request) => Prepared<Otherwise>,
  ): Promise<readonly (SendResult | Otherwise)[]> {
    const work = async (): Promise<readonly (SendResult | Otherwise)[]> => {
      const results: Promise<SendResult | Otherwise>[] = [];
      for (const [index, request] of requests.entries()) {
        if (index > 0 && index % ENCRYPTED_AT_ONCE === 0) await this.#turn();
        const prepared = prepare(request);
        results.push(prepared.kind === 'push' ? this.#post(prepared.push) : Promise.resolve(prepared.result));
      }
      return Promise.all(results);
    };
    return this.#underWay.until(work());
  }

  #prepare(address: Address, notification: Composed): Prepared<SendResult> {
    const none = (result: SendResult): Prepared<SendResult> => ({ kind: 'none', result });
    const to = subscription(address);
    if (to === undefined) return none({ kind: 'token_suspect', reason: 'not_a_subscription' });
    const { title, body, collapseKey, priority, expiresAt } = notification;
    if (title === undefined && body === undefined && isApple(to.origin)) {
      return none({ kind: 'payload_error', reason: 'nothing_to_show' });
    }
    const plaintext = showPayload(notification);
    if (plaintext === undefined) return none({ kind: 'payload_error', reason: 'too_large' });
    const seconds = Math.ceil((expiresAt - this.#tools.clock.now()) / 1000);
    const headers = {
      ttl: String(Math.min(Math.max(0, seconds), MAX_TTL_SECONDS)),
      urgency: priority,
      ...(collapseKey !== undefined && { topic: topicOf(collapseKey) }),
    };
    return { kind: 'push', push: { to, plaintext, headers } };
  }

  async #post({ to, plaintext, headers }: Push): Promise<SendResult> {
    const { http, clock, deadlineMs } = this.#tools;
    const body = this.#encrypt(plaintext, to);
    if (body === undefined) return { kind: 'token_suspect', reason: 'not_a_subscription' };
    const result: HttpResult = await http.request({
      method: 'POST',
      url: to.endpoint,
      headers: {
        ...headers,
        authorization: this.#vapid.for(to.origin),
        'content-encoding': 'aes128gcm',
        'content-type': 'application/octet-stream',
      },
      body,
      deadlineMs,
      protocol: 'any',
      trust: 'guest',
      lane: this.#lane,
    });
    const who = { isKnown: isKnownService(to.origin), isProven: this.#vapid.isProven(to.origin) };
    const read = readAnswer(result, who, clock.now());
    if (read.kind === 'accepted') this.#vapid.prove(to.origin);
    return read;
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#tools.clock.soon(resolve));
  }
}

/** Undefined where what is stored has not the form any more. */
function subscription(address: Address): Subscription | undefined {
  try {
    return readSubscription(address.token);
  } catch {
    return undefined;
  }
}
