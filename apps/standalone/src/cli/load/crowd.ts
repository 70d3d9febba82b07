import { randomBytes } from 'node:crypto';
import { PushClient } from 'push-client';
import { nodeSocket } from 'push-client/node';
import { CliError } from '../cli-error.js';
import type { ServerCall } from '../server-call.js';
import type { Figures } from './figures.js';
import type { LoadOptions } from './load.js';

/** Devices that connect at once: more would be a storm, which is another test. */
const AT_ONCE = 32;

/** The devices of a run; each is another user's. */
export class Crowd {
  /** Names this run: what an earlier one left behind is not taken for its own. */
  readonly run = randomBytes(4).toString('hex');
  readonly topic: string;
  private readonly clients: PushClient[] = [];

  constructor(
    private readonly server: ServerCall,
    private readonly options: LoadOptions,
    private readonly figures: Figures,
  ) {
    this.topic = `${options.prefix}.${this.run}`;
  }

  userOf(number: number): string {
    return `${this.options.prefix}-${number}`;
  }

  /** Resolves when all are connected, with how long it took. Milliseconds. */
  async connect(): Promise<number> {
    const begun = performance.now();
    let next = 0;
    const workers = Array.from({ length: Math.min(AT_ONCE, this.options.connections) }, async () => {
      while (next < this.options.connections) await this.add(next++);
    });
    await Promise.all(workers);
    return performance.now() - begun;
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
  }

  private async add(number: number): Promise<void> {
    const user = this.userOf(number);
    const follow = this.options.topicShare > 0 ? [this.topic] : [];
    const url = new URL('v1/ws', this.server.base);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const body = { user, device: 'load', ...(follow.length > 0 ? { topics: follow } : {}) };
    const { token } = await this.server.call<{ token: string }>('POST', '/v1/tokens', body);
    const client = new PushClient({ url: url.href, device: 'load', token, follow, socket: nodeSocket() });
    this.clients.push(client);
    client.on('message', ({ data }) => {
      const key = (data as { load?: unknown } | undefined)?.load;
      if (typeof key === 'string' && key.startsWith(this.run)) this.figures.delivered(key);
    });
    await new Promise<void>((resolve, reject) => {
      client.on('connected', () => resolve());
      client.on('error', ({ code, message }) => {
        if (code === 'CLIENT_REFUSED') reject(new CliError(`device ${user}: ${message}`));
      });
      client.connect().then(resolve, reject);
    });
    // Before it follows, what goes to the topic is not for it.
    for (const topic of follow) await client.follow(topic);
  }
}
