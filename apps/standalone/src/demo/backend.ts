import { PushClient, type PushFrame } from 'push-client';
import { nodeSocket } from 'push-client/node';
import type { Explanation } from 'push-core';

const ASK_EVERY_MS = 20;
const PATIENCE_MS = 15_000;

export interface Device {
  readonly show?: (message: PushFrame, client: PushClient) => void;
  readonly port?: number;
}

/** What the backend of an app does with the server, over HTTP, as any program would. */
export class Backend {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  setProvider(provider: string, credentials: object): Promise<unknown> {
    return this.call('PUT', `/v1/tenants/default/providers/${provider}`, credentials);
  }

  async checkProvider(provider: string): Promise<string> {
    const answer = await this.call<{ kind: string; reason?: string }>(
      'POST',
      `/v1/tenants/default/providers/${provider}/check`,
    );
    return answer.reason === undefined ? answer.kind : `${answer.kind}: ${answer.reason}`;
  }

  register(user: string, device: string, platform: string, ...tokens: object[]): Promise<unknown> {
    return this.call('PUT', `/v1/users/${user}/devices/${device}`, { platform, tokens });
  }

  async publish(user: string, title: string, body: string): Promise<string> {
    const { id } = await this.call<{ id: string }>('POST', '/v1/messages', {
      to: { users: [user] },
      type: 'chat.message',
      thread: 'room-7',
      data: { text: body },
      notification: { title, body, badge: 'auto' },
    });
    return id;
  }

  explain(id: string, user: string): Promise<Explanation> {
    return this.call('GET', `/v1/messages/${id}/explain?user=${user}`);
  }

  /** Resolves with the story as soon as this happened in it. */
  async until(id: string, user: string, what: string): Promise<Explanation> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const story = await this.explain(id, user);
      if (story.steps.some((step) => step.what === what)) return story;
      if (performance.now() > deadline) throw new Error(`"${what}" did not happen: ${JSON.stringify(story)}`);
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  }

  /** A device that shows what arrives, over the server's own port or a relay's. */
  async connect(user: string, device: string, { show = () => undefined, port }: Device = {}): Promise<PushClient> {
    const url = new URL('/v1/ws', this.url);
    url.protocol = 'ws:';
    if (port !== undefined) url.port = String(port);
    const { token } = await this.call<{ token: string }>('POST', '/v1/tokens', { user, device });
    const client = new PushClient({ url: url.href, device, token, socket: nodeSocket() });
    client.on('error', () => undefined);
    client.on('message', (message) => show(message, client));
    await client.connect();
    return client;
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.key}`, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}
