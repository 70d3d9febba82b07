import { Inject, type OnModuleInit } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayInit } from '@nestjs/websockets';
import { PushSocketIo } from './push-socket-io.js';

/**
 * The namespace `/push` on the application's Socket.IO server: list it among the providers, beside `PushSocketIo`, with
 * `socketio: { server: 'application', … }` in the module's options. For another namespace write such a class of your own.
 */
@WebSocketGateway({ namespace: 'push' })
export class PushNamespace implements OnGatewayInit, OnModuleInit {
  private fault: Error | undefined;

  constructor(@Inject(PushSocketIo) private readonly socketIo: PushSocketIo) {}

  afterInit(server: unknown): void {
    try {
      this.socketIo.attach(server);
    } catch (error) {
      // Nobody catches what is thrown here: the process would end.
      this.fault = error as Error;
    }
  }

  onModuleInit(): void {
    if (this.fault) throw this.fault;
  }
}
