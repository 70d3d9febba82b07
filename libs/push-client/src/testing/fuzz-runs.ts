import type { PushClientOptions } from '../options.js';
import { fallback, poll, sse } from '../fallback/index.js';
import { webSocket } from '../transports/web-socket.js';
import { FakeHttp } from './fake-http.js';
import { info } from './fake-server.js';
import { type FrameFuzz, frameFuzz } from './frame-fuzz.js';
import { type Harness, harness } from './harness.js';
import { settled } from './manual-clock.js';

export type FuzzedWire = 'websocket' | 'sse' | 'poll';

export interface FuzzOutcome {
  messages: number;
  /** Entries that were shown all the same: the messages are not all rubbish. */
  shown: number;
  connections: number;
  /** Messages that took longer than 100 ms, three times in a row. */
  slow: string[];
  /** Timers left behind by a closed client. */
  leftovers: number;
}

const SLOW_MS = 100;
/** Messages one client has to bear. */
const MESSAGES_A_CLIENT = 200;

/** Hands `count` messages to clients over one wire. Throws what a client throws. */
export async function fuzzWire(wire: FuzzedWire, count: number, random: () => number): Promise<FuzzOutcome> {
  const outcome: FuzzOutcome = { messages: 0, shown: 0, connections: 0, slow: [], leftovers: 0 };
  while (outcome.messages < count) {
    const victim = new Victim(wire);
    const fuzz = frameFuzz(random, () => victim.next);
    for (let left = Math.min(MESSAGES_A_CLIENT, count - outcome.messages); left > 0; left -= 1) {
      const message = messageFor(wire, fuzz);
      if ((await victim.take(message)) > SLOW_MS && (await isAlwaysSlow(wire, message))) {
        outcome.slow.push(String(message).slice(0, 500));
      }
      outcome.messages += 1;
    }
    outcome.shown += victim.shown;
    outcome.connections += victim.connections;
    outcome.leftovers += await victim.end();
  }
  return outcome;
}

/** Hands over one message that made trouble once. */
export async function replay(wire: FuzzedWire, message: string | Buffer): Promise<void> {
  const victim = new Victim(wire);
  await victim.take(message);
  await victim.end();
}

function messageFor(wire: FuzzedWire, fuzz: FrameFuzz): string | Buffer {
  if (wire === 'websocket') return fuzz.lines();
  return wire === 'sse' ? fuzz.events() : fuzz.answer();
}

/** On a busy machine anything is slow once. */
async function isAlwaysSlow(wire: FuzzedWire, message: string | Buffer): Promise<boolean> {
  for (let left = 3; left > 0; left -= 1) {
    const victim = new Victim(wire);
    const tookMs = await victim.take(message);
    await victim.end();
    if (tookMs <= SLOW_MS) return false;
  }
  return true;
}

/** A client, brought back to `connected` before each message. */
class Victim {
  connections = 0;
  private readonly http = new FakeHttp();
  private readonly made: Harness;

  constructor(private readonly wire: FuzzedWire) {
    const http = { fetch: this.http.fetch };
    const transport = { websocket: webSocket(), sse: sse(http), poll: poll(http) }[wire];
    const options: Partial<PushClientOptions> = { transport: fallback({ transports: [transport] }), follow: ['news'] };
    this.made = harness(options);
  }

  get next(): number {
    return (this.made.client.position('@me')?.seq ?? 3) + 1;
  }

  get shown(): number {
    return this.made.shown.length;
  }

  /** Milliseconds it took. */
  async take(message: string | Buffer): Promise<number> {
    const { server, clock } = this.made;
    await this.connect();
    const began = performance.now();
    if (this.wire === 'websocket') server.last.raw(message);
    else if (this.wire === 'sse') this.http.last('GET sse').write(message);
    else await this.http.last('GET poll').answer(message);
    await settled();
    const tookMs = performance.now() - began;
    // Acknowledgements, and the next poll.
    await clock.advance(600);
    for (const request of this.http.requests.splice(0, this.http.requests.length - 1)) {
      if (request.request.method === 'POST') await request.answer(undefined, 204);
      else this.http.requests.unshift(request);
    }
    return tookMs;
  }

  /** Timers left. */
  async end(): Promise<number> {
    const { client, clock } = this.made;
    const closing = client.close();
    for (let left = 20; left > 0; left -= 1) await clock.advance(1_000);
    await closing;
    return clock.pending;
  }

  private async connect(): Promise<void> {
    const { client, clock, server } = this.made;
    const streams = { '@me': info({ from: 3, head: 9 }) };
    for (let left = 50; left > 0; left -= 1) {
      if (client.state === 'connected' && this.isListening) return;
      if (client.state === 'idle' || client.state === 'closed') void client.connect().catch(() => undefined);
      await settled();
      if (client.state === 'connecting' && this.wire === 'websocket') {
        server.last.open();
        server.last.connected(streams);
        this.connections += 1;
      } else if (client.state === 'connecting' && this.http.requests.length > 0) {
        const request = this.http.last(`GET ${this.wire}`);
        if (this.wire === 'poll') await request.answer({ entries: [], cursor: 'c0', recovery: 'complete' });
        else {
          request.head();
          await request.say({ op: 'connected', streams });
        }
        this.connections += 1;
      }
      if (client.state !== 'connected' || !this.isListening) await clock.step();
    }
    throw new Error(`the client did not come back: ${client.state}`);
  }

  /** Whether there is something to answer. */
  private get isListening(): boolean {
    if (this.wire === 'websocket') return true;
    const request = this.http.of(`GET ${this.wire}`).at(-1);
    return request !== undefined && !request.isAborted && !(this.wire === 'poll' && request.isAnswered);
  }
}
