import type { PushClientError } from '../errors.js';
import type { DisconnectedEvent } from '../events.js';
import type { PushClientOptions } from '../options.js';
import { PushClient } from '../push-client.js';
import { FakeServer, type FakeSocket } from './fake-server.js';
import { ManualClock, settled } from './manual-clock.js';

export interface Harness {
  client: PushClient;
  clock: ManualClock;
  server: FakeServer;
  /** `stream:seq` of every message shown. */
  shown: string[];
  errors: PushClientError[];
  codes(): string[];
  ends: DisconnectedEvent[];
  /** Lets the client get as far as `connect`, and answers with `connected`. */
  greet(...args: Parameters<FakeSocket['connected']>): Promise<FakeSocket>;
}

/** A client with a fake server, a manual clock and no luck: `random` is 1, so every wait is its upper bound. */
export function harness(options: Partial<PushClientOptions> = {}, listen = true): Harness {
  const clock = new ManualClock();
  const server = new FakeServer();
  const client = new PushClient({
    url: 'ws://push.test/v1/ws',
    token: 'jwt',
    device: 'd1',
    clock,
    random: () => 1,
    socket: server.factory,
    ...options,
  });
  const shown: string[] = [];
  const errors: PushClientError[] = [];
  const ends: DisconnectedEvent[] = [];
  if (listen) client.on('message', ({ s, seq }) => void shown.push(`${s}:${seq}`));
  client.on('error', (error) => errors.push(error));
  client.on('disconnected', (end) => ends.push(end));
  const greet: Harness['greet'] = async (...args) => {
    if (client.state === 'idle' || client.state === 'closed') void client.connect().catch(() => undefined);
    await settled();
    server.last.open();
    server.last.connected(...args);
    await settled();
    return server.last;
  };
  return { client, clock, server, shown, errors, ends, greet, codes: () => errors.map(({ code }) => code) };
}
