import { Inject } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayInit } from '@nestjs/websockets';
import { PushSocketIo } from './push-socket-io.js';

/**
 * The namespace `/push` on the application's Socket.IO server: list it among the providers, beside `PushSocketIo`, with
 * `socketio: { server: 'application', … }` in the module's options. For another namespace write such a class of your own.
 */
@WebSocketGateway({ namespace: 'push' })
export class PushGateway implements OnGatewayInit {
  constructor(@Inject(PushSocketIo) private readonly socketIo: PushSocketIo) {}

  afterInit(server: unknown): void {
    this.socketIo.attach(server);
  }
}
