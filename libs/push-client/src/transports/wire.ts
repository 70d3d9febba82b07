import type { ClientFrame, ConnectFrame, Position, StreamName } from 'push-core/wire';
import type { Clock } from '../clock.js';
import type { LinkEnd } from '../close-plan.js';
import type { SocketFactory } from '../socket.js';

export type TransportName = 'websocket' | 'sse' | 'poll';

/** A way to connect: `webSocket()`, or `fallback()` of `push-client/fallback`. Set up once a client, then a wire a connection. */
export type Transport = (setup: WireSetup) => (ports: WirePorts) => Wire;

/** What the client's options say about every connection. */
export interface WireSetup {
  /** `wss://host/v1/ws` */
  url: string;
  socket: SocketFactory;
  /** From the beginning of an attempt to `connected`, milliseconds. */
  connectWaitMs: number;
  clock: Clock;
  random: () => number;
}

/** How the client introduces itself, told as it is at the moment; a transport without a `connect` frame uses requests. */
export interface Hello {
  connect(): ConnectFrame & { token: string };
  /** Topics wanted beside the user's own: what comes after `connected` on a WebSocket belongs into the request elsewhere. */
  follow(): StreamName[];
  /** All positions of this device; `resume` of `connect` holds those that fit. */
  known(): Record<StreamName, Position>;
}

/** What a wire tells the one who uses it. Nothing is told after `close`. */
export interface WirePorts {
  /** The server may know of us from now on, and has then ended an older connection of this device. */
  opened(): void;
  /** Frames of the server as they came: a line of JSON each, or parsed already. A mere sign of life: none. */
  frames(items: readonly unknown[]): void;
  /** More has come than handlers get done: better not to read on for now. */
  isCrowded(): boolean;
  /** Something else than frames came; it is ignored. */
  bad(problem: string): void;
  /** The wire failed in our own hands, and the cause is worth telling. It has ended. */
  failed(message: string, cause: unknown): void;
  ended(end: LinkEnd): void;
}

/**
 * One connection, used once. All of them speak the frames of the protocol; what a transport has no frames for is made up
 * (`connected` of a poll) or asked for by a request (`ack` and `read` beside SSE). `connected` can come again: the device
 * is connected anew then, and nobody saw a break.
 */
export interface Wire {
  /** What it runs over just now. */
  readonly transport: TransportName;
  /** Rejects where there is no connection to be had; with a `PushClientError` there never will be one. */
  open(hello: Hello): Promise<void>;
  /** Sends what can be sent; nothing is promised about its arrival. */
  send(frames: readonly ClientFrame[]): void;
  /** Resolves when what was sent has left, or 5 s later. */
  flush(): Promise<void>;
  /** While held it begins no request that would replace another connection of this device. */
  hold(isHeld: boolean): void;
  /** What was sent still leaves. */
  close(code: number, reason: string): void;
}
