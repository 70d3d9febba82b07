import type { CheckResult, Provider, ProviderTools, RetractRequest, SendRequest, SendResult } from '../provider.js';
import { UnderWay } from '../under-way.js';
import { notificationEvent, pingEvent, retractedEvent } from './event.js';
import { readAnswer } from './results.js';
import { readSecrets } from './secrets.js';
import { webhookHeaders } from './sign.js';

export interface WebhookCredentials {
  readonly url: string;
  /** `whsec_…`; several while one is being replaced. */
  readonly secret: string | readonly string[];
}

export class WebhookProvider implements Provider {
  readonly name = 'webhook';
  readonly #url: string;
  readonly #secrets: readonly Buffer[];
  readonly #tools: ProviderTools;
  readonly #lane: string;
  readonly #underWay = new UnderWay();

  constructor({ url, secret }: WebhookCredentials, tools: ProviderTools) {
    this.#url = url;
    this.#secrets = readSecrets([secret].flat(), 'secret');
    this.#tools = tools;
    this.#lane = `webhook ${tools.tenant} ${url}`;
  }

  send(requests: readonly SendRequest[]): Promise<readonly SendResult[]> {
    const now = this.#tools.clock.now();
    return this.#all(
      requests.map(({ address, notification }) => ({
        id: notification.id,
        body: notificationEvent(address, notification, now),
      })),
    );
  }

  retract(requests: readonly RetractRequest[]): Promise<readonly SendResult[]> {
    const now = this.#tools.clock.now();
    return this.#all(
      requests.map(({ address, retraction }) => ({
        id: retraction.id,
        body: retractedEvent(address, retraction, now),
      })),
    );
  }

  async check(): Promise<CheckResult> {
    const body = pingEvent(this.#tools.clock.now());
    const [result] = await this.#all([{ id: `ping_${this.#tools.ids.ticket()}`, body }]);
    if (result === undefined || result.kind === 'accepted') return { kind: 'ok' };
    const { reason } = result;
    return {
      kind: result.kind === 'config_error' || result.kind === 'payload_error' ? 'config_error' : 'unknown',
      reason,
    };
  }

  async close(): Promise<void> {
    await this.#underWay.ended();
    this.#tools.http.forget(this.#lane);
  }

  #all(events: readonly { id: string; body: string }[]): Promise<readonly SendResult[]> {
    return this.#underWay.until(Promise.all(events.map(({ id, body }) => this.#post(id, body))));
  }

  async #post(id: string, body: string): Promise<SendResult> {
    const { http, clock, deadlineMs } = this.#tools;
    const result = await http.request({
      method: 'POST',
      url: this.#url,
      headers: { 'content-type': 'application/json', ...webhookHeaders(this.#secrets, id, clock.now(), body) },
      body,
      deadlineMs,
      protocol: 'any',
      trust: 'guest',
      lane: this.#lane,
    });
    return readAnswer(result, clock.now());
  }
}
