import type { PushClientError } from '../errors.js';
import type { DisconnectedEvent } from '../events.js';
import { type FallbackOptions, fallback } from '../fallback/index.js';
import type { PushClientOptions } from '../options.js';
import { PushClient } from '../push-client.js';
import { FakeHttp, type FakeRequest } from './fake-http.js';
import { FakeServer, type FakeSocket, info } from './fake-server.js';
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

export interface FallbackHarness extends Harness {
  http: FakeHttp;
  /** `from→to` of every change. */
  transports: string[];
  /** WebSockets do not get through: the client is led to the event stream, which is greeted. */
  toSse(streams?: Parameters<FakeSocket['connected']>[0]): Promise<FakeRequest>;
  /** Nor do event streams: it is led to long poll, and the first poll answered. */
  toPoll(answer?: object): Promise<void>;
}

/** The same with all transports, where requests go to `http`. */
export function fallbackHarness(
  options: Partial<PushClientOptions> = {},
  more: FallbackOptions = {},
  listen = true,
): FallbackHarness {
  const http = new FakeHttp();
  const made = harness({ transport: fallback({ fetch: http.fetch, ...more }), ...options }, listen);
  const { client, clock, server } = made;
  const transports: string[] = [];
  client.on('transport', ({ from, to }) => transports.push(`${from ?? ''}→${to}`));
  const downToSse = async () => {
    void client.connect().catch(() => undefined);
    await settled();
    // Opened, and not answered: as clear as can be.
    server.last.open();
    await clock.advance(15_000);
    await clock.advance(500);
  };
  const toSse: FallbackHarness['toSse'] = async (streams = { '@me': info() }) => {
    await downToSse();
    const request = http.last('GET sse');
    request.head();
    await request.say({ op: 'connected', connection: 'c1', node: 'n1', heartbeatMs: 25_000, streams });
    return request;
  };
  const toPoll: FallbackHarness['toPoll'] = async (answer = { entries: [], cursor: 'c0', recovery: 'complete' }) => {
    await downToSse();
    await clock.advance(15_000);
    await clock.advance(1_000);
    await http.last('GET poll').answer(answer);
  };
  return { ...made, http, transports, toSse, toPoll };
}
