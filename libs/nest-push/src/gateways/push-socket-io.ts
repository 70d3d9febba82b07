import { Inject, Injectable } from '@nestjs/common';
import { PushError, type Push } from 'push-core';
import {
  attachSocketIo,
  type AnySocketIoNamespace,
  type SocketIoOptions,
  type AnySocketIoServer,
} from 'push-core/socketio';
import type { PushModuleOptions } from '../push.options.js';
import { PUSH, PUSH_MODULE_OPTIONS } from '../tokens.js';

/** Serves the engine on the Socket.IO server that the application has already. */
@Injectable()
export class PushSocketIo {
  constructor(
    @Inject(PUSH) private readonly push: Push,
    @Inject(PUSH_MODULE_OPTIONS) private readonly options: Pick<PushModuleOptions, 'socketio'>,
  ) {}

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
    return attachSocketIo(server, this.push, { ...this.options.socketio, ...options });
  }
}

function isSocketIo(server: unknown): server is AnySocketIoServer | AnySocketIoNamespace {
  const { of, use } = (server ?? {}) as { of?: unknown; use?: unknown };
  return typeof of === 'function' || typeof use === 'function';
}
