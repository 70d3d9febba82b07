import type { IncomingMessage } from 'node:http';
import { Inject, type OnModuleInit } from '@nestjs/common';
import {
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import { PushError, type Push } from 'push-core';
import { attachSocketIo, socketIoGate, type AnySocketIoServer } from 'push-core/socketio';
import { acceptWebSocket, type AcceptedSocket } from 'push-core/websocket';
import { splitOptions, type PushModuleOptions } from '../push.options.js';
import { PUSH, PUSH_MODULE_OPTIONS } from '../tokens.js';
import { gatewayOptions } from './gateway-options.js';
import { isSocketIo, isWebSocketServer } from './socket-server.js';

/** What is used of Socket.IO's server and of its sockets, beside what push-core does. */
type SocketIoServer = AnySocketIoServer & { readonly engine?: { use(gate: unknown): unknown } };
type SocketIoSocket = { readonly conn: { close(): void } };

/**
 * Serves the engine at `/v1/push` in the words of the application's WebSocket adapter: list it among the providers. Under
 * `WsAdapter` clients speak `push.v1.json`, as at `/v1/ws`; under `IoAdapter` they are Socket.IO clients of the root namespace:
 * `io(url, { path: '/v1/push', auth: { token, device } })`. Origins and Socket.IO's options are those of the module.
 * For another path: `pushGateway({ path })`.
 */
@WebSocketGateway(gatewayOptions('/v1/push'))
export class PushGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect, OnModuleInit {
  private kind: 'ws' | 'socket.io' | undefined;
  private fault: Error | undefined;

  constructor(
    @Inject(PUSH) private readonly push: Push,
    @Inject(PUSH_MODULE_OPTIONS) private readonly options: PushModuleOptions,
  ) {}

  afterInit(server: unknown): void {
    try {
      this.open(server);
    } catch (error) {
      // Nobody catches what is thrown here: the process would end.
      this.fault = error as Error;
    }
  }

  onModuleInit(): void {
    if (this.fault) throw this.fault;
  }

  handleConnection(client: unknown, request: IncomingMessage): void {
    if (this.kind !== 'ws') return;
    const { allowedOrigins } = splitOptions(this.options).nest;
    acceptWebSocket(this.push, client as AcceptedSocket, request, { allowedOrigins });
  }

  /** The connection holds no other namespace: a client that left this one would keep it for nothing. */
  handleDisconnect(client: unknown): void {
    if (this.kind === 'socket.io') (client as SocketIoSocket).conn.close();
  }

  private open(server: unknown): void {
    if (isWebSocketServer(server)) this.kind = 'ws';
    else if (isSocketIo(server) && 'of' in server) {
      this.serve(server);
      this.kind = 'socket.io';
    } else
      throw new PushError(
        'NOT_SUPPORTED',
        'PushGateway follows the adapter of the application, and there is none it knows: before it starts, call ' +
          'app.useWebSocketAdapter(new WsAdapter(app)) of @nestjs/platform-ws, or new IoAdapter(app) of @nestjs/platform-socket.io',
      );
  }

  private serve(server: SocketIoServer): void {
    const { allowedOrigins: listed, socketio } = splitOptions(this.options).nest;
    const { prefix, allowedOrigins = listed, clock = this.options.clock } = socketio ?? {};
    // Before anything is answered; without an HTTP server there is nothing to answer.
    server.engine?.use(socketIoGate(this.push, { allowedOrigins }));
    attachSocketIo(server, this.push, { namespace: '/', prefix, allowedOrigins, clock });
  }
}
