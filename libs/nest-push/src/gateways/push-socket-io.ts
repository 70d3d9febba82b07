import { Inject, Injectable } from '@nestjs/common';
import { PushError, type Push } from 'push-core';
import { attachSocketIo, type SocketIoOptions } from 'push-core/socketio';
import { splitOptions, type NestSettings, type PushModuleOptions } from '../push.options.js';
import { PUSH, PUSH_MODULE_OPTIONS } from '../tokens.js';
import { isSocketIo } from './socket-server.js';

/** Serves the engine on the Socket.IO server that the application has already. */
@Injectable()
export class PushSocketIo {
  private readonly settings: NestSettings;

  constructor(
    @Inject(PUSH) private readonly push: Push,
    @Inject(PUSH_MODULE_OPTIONS) options: PushModuleOptions,
  ) {
    this.settings = splitOptions(options).nest;
  }

  /**
   * For the `afterInit` of a gateway. A server gets the namespace of the options (default `/push`); a namespace is taken as
   * it is, and every client of it has to authenticate. Options given here come before those of the module.
   */
  attach(server: unknown, options: SocketIoOptions = {}): { close(): Promise<void> } {
    if (!isSocketIo(server))
      throw new PushError(
        'NOT_SUPPORTED',
        'This gateway is not on Socket.IO: app.useWebSocketAdapter(new IoAdapter(app))',
      );
    const { allowedOrigins, socketio } = this.settings;
    return attachSocketIo(server, this.push, { allowedOrigins, ...socketio, ...options });
  }
}
