import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { ConnectOptions, Ending } from 'push-core/testing';
import { textOf } from './http-site.js';

/** The requests of one client, which names itself in each. */
export class HttpCaller {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly url: string,
    private readonly options: Pick<ConnectOptions, 'token' | 'device'>,
  ) {}

  /** On a connection of its own. */
  get(query: Record<string, string>, headers: Record<string, string>, answered: (response: IncomingMessage) => void) {
    return this.call('GET', '/', query, headers, answered, false).end();
  }

  /** One after the other, in the order of the calls. */
  acknowledge(s: string, seq: number): void {
    this.call('POST', '/ack', {}, {}, (response) => response.resume(), this.agent).end(JSON.stringify({ s, seq }));
  }

  private call(
    method: string,
    path: string,
    query: Record<string, string>,
    headers: Record<string, string>,
    answered: (response: IncomingMessage) => void,
    agent: Agent | false,
  ): ClientRequest {
    const { token, device } = this.options;
    const search = new URLSearchParams({ device, ...query }).toString();
    return request(
      `${this.url}${path}?${search}`,
      { method, agent, headers: { authorization: `Bearer ${token}`, ...headers } },
      answered,
    ).on('error', () => undefined);
  }
}

/** What an answer that is no success means to a client. */
export async function refusalIn(response: IncomingMessage): Promise<Ending> {
  const { retryable, retryAfterMs } = JSON.parse(await textOf(response)) as {
    retryable: boolean;
    retryAfterMs?: number;
  };
  return { reconnect: retryable, afterMs: retryAfterMs };
}
