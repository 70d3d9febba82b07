import type { Server } from 'node:http';
import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { systemClock, type Clock, type Push } from 'push-core';
import { attachWebSocket } from 'push-core/websocket';
import { splitOptions, type NestSettings, type PushModuleOptions } from './push.options.js';
import { PUSH, PUSH_MODULE_OPTIONS } from './tokens.js';

/**
 * Starts and drains the engine with the application.
 *
 * Bootstrap: the engine starts, then the WebSocket is attached to the HTTP server, if there is one.
 * Shutdown, while the HTTP server still answers and the host's database is still there: drain, detach, close. Each step
 * gets what is left of `drainTimeoutMs`; what hangs is left behind with a line in the log.
 */
@Injectable()
export class PushRegistrar implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('PushModule');
  private readonly settings: NestSettings;
  private readonly clock: Clock;
  private sockets: { close(): Promise<void> } | undefined;
  private forgetTrouble: (() => void) | undefined;

  constructor(
    @Inject(PUSH) private readonly push: Push,
    @Inject(PUSH_MODULE_OPTIONS) options: PushModuleOptions,
    @Optional() @Inject(HttpAdapterHost) private readonly http?: HttpAdapterHost,
  ) {
    this.settings = splitOptions(options).nest;
    this.clock = options.clock ?? systemClock;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.forgetTrouble = this.push.on('trouble', ({ during, error }) =>
      this.logger.warn(`${during}: ${error instanceof Error ? error.message : String(error)}`),
    );
    await this.push.start();
    const server = this.server();
    if (server && this.settings.websocket) this.sockets = attachWebSocket(server, this.push, this.settings.websocket);
  }

  async beforeApplicationShutdown(): Promise<void> {
    const deadline = this.clock.elapsed() + this.settings.drainTimeoutMs;
    await this.step('drain', deadline, () => this.push.drain());
    await this.step('close its sockets', deadline, () => this.sockets?.close());
    await this.step('close', deadline, () => this.push.close());
    this.forgetTrouble?.();
  }

  /** Resolves when the step is done, has failed, or the deadline has passed. */
  private step(what: string, deadline: number, run: () => Promise<void> | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.clock.after(Math.max(0, deadline - this.clock.elapsed()), () => {
        this.logger.warn(`The engine did not ${what} within ${this.settings.drainTimeoutMs} ms; going on without`);
        resolve();
      });
      const failed = (error: unknown) =>
        this.logger.error(`The engine failed to ${what}`, error instanceof Error ? error.stack : String(error));
      void Promise.resolve()
        .then(run)
        .catch(failed)
        .finally(() => {
          timer.cancel();
          resolve();
        });
    });
  }

  /** Applications without HTTP (a worker, a CLI) have no adapter, or one without a server. */
  private server(): Server | undefined {
    const server = this.http?.httpAdapter?.getHttpServer() as Partial<Server> | undefined;
    return typeof server?.on === 'function' ? (server as Server) : undefined;
  }
}
