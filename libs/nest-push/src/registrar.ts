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
import { isPushError, PushError, systemClock, type Clock, type Push } from 'push-core';
import { attachWebSocket } from 'push-core/websocket';
import { splitOptions, type NestSettings, type PushModuleOptions } from './push.options.js';
import { PUSH, PUSH_MODULE_OPTIONS } from './tokens.js';

/** Where links come in. */
interface Door {
  close(): Promise<void>;
}

/**
 * Starts and drains the engine with the application.
 *
 * Bootstrap: the engine starts, then the WebSocket is attached to the HTTP server, if there is one, and MQTT listens,
 * where it is asked for.
 * Shutdown, while the HTTP server still answers and the host's database is still there: drain, detach, close. Each step
 * gets what is left of `drainTimeoutMs`; what hangs is left behind with a line in the log.
 */
@Injectable()
export class PushRegistrar implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('PushModule');
  private readonly settings: NestSettings;
  private readonly clock: Clock;
  private readonly doors: Door[] = [];
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
    const { websocket, mqtt, socketio } = this.settings;
    if (server && websocket) this.doors.push(attachWebSocket(server, this.push, websocket));
    if (mqtt) await this.openMqtt(mqtt, server);
    if (server && socketio && socketio.server !== 'application') {
      const { createSocketIoServer } = await import('push-core/socketio');
      this.doors.push(await createSocketIoServer(server, this.push, socketio));
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    const deadline = this.clock.elapsed() + this.settings.drainTimeoutMs;
    await this.step('drain', deadline, () => this.push.drain());
    await this.step('close its sockets', deadline, async () => {
      await Promise.all(this.doors.map((door) => door.close()));
    });
    await this.step('close', deadline, () => this.push.close());
    this.forgetTrouble?.();
  }

  /** Nothing of MQTT is loaded where nobody asks for it. */
  private async openMqtt(options: NonNullable<NestSettings['mqtt']>, server: Server | undefined): Promise<void> {
    const { attachMqtt, attachMqttWebSocket } = await import('push-core/mqtt');
    const { allowedOrigins } = this.settings;
    if (server) this.doors.push(await attachMqttWebSocket(server, this.push, { allowedOrigins }));
    try {
      const door = await attachMqtt(this.push, options);
      this.logger.log(`MQTT on port ${door.port}`);
      this.doors.push(door);
    } catch (cause) {
      if (isPushError(cause)) throw cause;
      throw new PushError('INVALID', `Cannot listen for MQTT on port ${options.port}`, { field: 'mqtt.port', cause });
    }
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
