import type { CheckResult, Provider, ProviderTools, RetractRequest, SendRequest, SendResult } from '../provider.js';
import type { ShelfItem } from '../token-shelf.js';
import { UnderWay } from '../under-way.js';
import { AccessToken } from './access-token.js';
import { markOf, type FcmCredentials } from './credentials.js';
import { messageOf, retractionOf } from './payload.js';
import { readAnswer, toResult, type Answer } from './results.js';

const GOOGLE = 'https://fcm.googleapis.com';

/** Firebase Cloud Messaging, HTTP v1: one request a message. Where Google finds the access token too old, once more with a new one. */
export class FcmProvider implements Provider {
  readonly name = 'fcm';
  private readonly url: string;
  private readonly lane: string;
  private readonly access: AccessToken;
  private readonly underWay = new UnderWay();

  constructor(
    private readonly credentials: FcmCredentials,
    private readonly tools: ProviderTools,
  ) {
    const { endpoint = GOOGLE, serviceAccount } = credentials;
    this.url = `${endpoint}/v1/projects/${encodeURIComponent(serviceAccount.project_id)}/messages:send`;
    this.lane = `fcm ${tools.tenant} ${markOf(credentials)}`;
    this.access = new AccessToken(credentials, tools, this.lane);
  }

  send(requests: readonly SendRequest[]): Promise<readonly SendResult[]> {
    const startedAt = this.tools.clock.elapsed();
    const now = this.tools.clock.now();
    return this.underWay.until(
      Promise.all(
        requests.map(({ address, notification }) => {
          const message = messageOf(address.token.token as string, notification, now, address.platform);
          return message === undefined ? TOO_LARGE : this.deliver(message, startedAt);
        }),
      ),
    );
  }

  retract(requests: readonly RetractRequest[]): Promise<readonly SendResult[]> {
    const startedAt = this.tools.clock.elapsed();
    const one = ({ address, retraction }: RetractRequest): Promise<SendResult> =>
      this.deliver(retractionOf(address.token.token as string, retraction), startedAt);
    return this.underWay.until(Promise.all(requests.map(one)));
  }

  /** Google checks a message without sending it; that the token is none is as good as a yes. */
  async check(): Promise<CheckResult> {
    const message = JSON.stringify({ validate_only: true, message: { token: 'nobody', data: { push: '{}' } } });
    const result = await this.underWay.until(this.deliver(message, this.tools.clock.elapsed()));
    switch (result.kind) {
      case 'accepted':
      case 'token_invalid':
      case 'token_suspect':
      case 'payload_error':
        return { kind: 'ok' };
      case 'config_error':
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

  private async deliver(message: string, startedAt: number): Promise<SendResult> {
    const access = await this.access.get();
    if (access.kind === 'none') return access.result;
    const answer = await this.post(message, access.item, startedAt);
    if (answer.meaning !== 'stale_access') return toResult(answer);
    const next = await this.access.after(access.item);
    if (next.kind === 'none') return next.result;
    return toResult(await this.post(message, next.item, startedAt));
  }

  private async post(body: string, access: ShelfItem, startedAt: number): Promise<Answer> {
    const { http, clock } = this.tools;
    const deadlineMs = this.tools.deadlineMs - (clock.elapsed() - startedAt);
    if (deadlineMs <= 0) return { meaning: 'transient', reason: 'deadline' };
    const result = await http.request({
      method: 'POST',
      url: this.url,
      headers: { authorization: `Bearer ${access.value}`, 'content-type': 'application/json' },
      body,
      deadlineMs,
      protocol: 'any',
      trust: this.credentials.endpoint === undefined ? 'operator' : 'guest',
      lane: this.lane,
      maxBodyBytes: 16_384,
    });
    return readAnswer(result, clock.now());
  }
}

const TOO_LARGE: Promise<SendResult> = Promise.resolve({ kind: 'payload_error', reason: 'too_large' });
