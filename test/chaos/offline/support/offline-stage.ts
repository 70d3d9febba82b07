import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTypeOrmStore } from 'nest-push/typeorm';
import {
  createPush,
  type Explanation,
  type OfflineOptions,
  type ProviderFactory,
  type Push,
  type PublishInput,
} from 'push-core';
import { allProviders, offlineOver } from 'push-core/providers';
import { attachWebSocket } from 'push-core/websocket';
import { eventually } from '../../../support/eventually.js';

export const TENANT = 't';

/** An engine on SQLite with real providers; what they speak to is up to the test. Close it. */
export class OfflineStage {
  private constructor(
    readonly push: Push,
    readonly http: Server,
    private readonly dir: string,
  ) {}

  static async open(
    more: Partial<Omit<OfflineOptions, 'http'>> & {
      readonly factories?: readonly ProviderFactory[];
      readonly dir?: string;
    } = {},
  ): Promise<OfflineStage> {
    const { factories = [], dir = mkdtempSync(path.join(tmpdir(), 'push-offline-')), ...offline } = more;
    const push = createPush({
      store: createTypeOrmStore({ url: `sqlite:${path.join(dir, 'push.db')}` }),
      // A token is its user's name.
      authenticator: {
        authenticate: async (token) => ({ kind: 'valid', identity: { tenant: TENANT, user: token } }),
      },
      offline: {
        ...offlineOver([...allProviders, ...factories], { allow: ['127.0.0.0/8', '::1/128'], pool: { backOffMs: 50 } }),
        settingsMs: 200,
        sendDeadlineMs: 1500,
        ...offline,
      },
    });
    await push.start();
    const http = createServer();
    attachWebSocket(http, push);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return new OfflineStage(push, http, dir);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.http.address() as AddressInfo).port}/v1/ws`;
  }

  register(user: string, provider: string, token: unknown, device = 'phone'): Promise<unknown> {
    return this.push.putDevice(
      { tenant: TENANT, user, device },
      { platform: 'android', tokens: [{ provider, token: token as string }] },
    );
  }

  async publish(users: readonly string[], more: Partial<PublishInput> = {}): Promise<string> {
    const { id } = await this.push.publish(TENANT, {
      to: { users: [...users] },
      type: 'chat.message',
      notification: { title: 'Ann', body: 'Hi' },
      ...more,
    });
    return id;
  }

  explain(id: string, user: string): Promise<Explanation> {
    return this.push.explain(TENANT, id, user);
  }

  /** Resolves with the story as soon as its last word is one of these. */
  async until(id: string, user: string, outcomes: readonly string[], patienceMs = 15_000): Promise<Explanation> {
    let story = await this.explain(id, user);
    await eventually(async () => outcomes.includes((story = await this.explain(id, user)).outcome), patienceMs).catch(
      () => {
        throw new Error(`neither ${outcomes.join(' nor ')}: ${JSON.stringify(story)}`);
      },
    );
    return story;
  }

  async tokensOf(users: readonly string[]): Promise<number> {
    const devices = await Promise.all(users.map((user) => this.push.devices(TENANT, user)));
    return devices.flat().reduce((sum, { tokens }) => sum + tokens.length, 0);
  }

  async close(keep = false): Promise<void> {
    await this.push.close();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
    if (!keep) rmSync(this.dir, { recursive: true, force: true });
  }
}
