import { PushClientError } from '../errors.js';
import type { Transport, Wire, WirePorts, WireSetup } from '../transports/wire.js';
import { type Fetch, HttpDoor, Refusal } from './http-door.js';
import { Outbox } from './outbox.js';
import { PollWire } from './poll-wire.js';
import { SseWire } from './sse-wire.js';

export interface HttpOptions {
  /** Where the routes `sse`, `poll`, `ack` and `read` are. Default: beside the client's `url`, `https://host/v1/`. */
  httpUrl?: string;
  /** Default: the platform's. */
  fetch?: Fetch;
}

const globalFetch: Fetch = (url, request) => globalThis.fetch(url, request);

/** Server-sent events, for networks that let no WebSocket through. */
export function sse(options: HttpOptions = {}): Transport {
  return overHttp(options, (door, outbox, ports, { clock }) => new SseWire(door, outbox, clock, ports));
}

/** Long poll, for networks that let through nothing but whole answers. */
export function poll(options: HttpOptions = {}): Transport {
  return overHttp(options, (door, outbox, ports, { clock, random }) => {
    return new PollWire(door, outbox, { ...ports, clock, random });
  });
}

function overHttp(
  { httpUrl, fetch = globalFetch }: HttpOptions,
  make: (door: HttpDoor, outbox: Outbox, ports: WirePorts, setup: WireSetup) => Wire,
): Transport {
  if (httpUrl !== undefined && !/^https?:\/\/./.test(httpUrl)) {
    throw new PushClientError('CLIENT_BAD_OPTION', 'httpUrl must begin with http:// or https://');
  }
  return (setup) => (ports) => {
    const door = new HttpDoor(httpUrl?.replace(/\/?$/, '/') ?? besides(setup.url), fetch, setup.random);
    const outbox = new Outbox({ ...setup, post: (path, body) => post(door, ports, path, body) });
    return make(door, outbox, ports, setup);
  };
}

/** `wss://host/v1/ws` → `https://host/v1/` */
function besides(url: string): string {
  return new URL('.', url.replace(/^ws/, 'http')).href;
}

/** Rejects where it may succeed later. Otherwise as on a WebSocket: a refusal is the server's answer, an `error`. */
async function post(door: HttpDoor, ports: WirePorts, path: string, body: object): Promise<void> {
  try {
    await door.post(path, body);
  } catch (error) {
    if (!(error instanceof Refusal) || error.isRetryable) throw error;
    if (error.end.code === 3501) ports.ended(error.end);
    else ports.frames([{ op: 'error', code: error.code, message: error.end.reason }]);
  }
}
