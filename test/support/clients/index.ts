import type { Client, ClientOptions } from './client.js';
import { MqttClient } from './mqtt.js';
import { PollClient } from './poll.js';
import { SocketIoClient } from './socket-io.js';
import { SseClient } from './sse.js';
import { WebSocketClient } from './web-socket.js';

const KINDS = {
  websocket: WebSocketClient,
  sse: SseClient,
  poll: PollClient,
  socketio: SocketIoClient,
  mqtt: MqttClient,
} satisfies Record<string, new (options: ClientOptions) => Client>;

export type TransportName = keyof typeof KINDS;
export const TRANSPORTS = Object.keys(KINDS) as TransportName[];

export const openClient = (transport: TransportName, options: ClientOptions): Client => new KINDS[transport](options);
