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
import { isPushError, PushError, systemClock, type BusStatus, type Clock, type Push } from 'push-core';
import { attachWebSocket } from 'push-core/websocket';
import { Host } from './explorer/host.js';
import { createIngress, type Ingress } from './ingress/index.js';
import { splitOptions, type NestSettings, type PushModuleOptions } from './push.options.js';
import type { Rabbit } from './rabbitmq/index.js';
import { PUSH, PUSH_MODULE_OPTIONS, PUSH_RABBIT } from './tokens.js';

/** Where links come in. */
interface Door {
  close(): Promise<void>;
}

/**
 * Starts and drains the engine with the application.
 *
 * Bootstrap: what the host plugged in and decorated is handed to the engine, which starts; then the WebSocket is attached to the
 * HTTP server, if there is one, MQTT listens, where it is asked for, the host's own transports open, and work and publishes are
 * taken from RabbitMQ, where there is one.
 * Shutdown, while the HTTP server still answers and the host's database is still there: nothing is taken from queues any
 * more, drain, detach, close, leave the broker. Each step
 * gets what is left of `drainTimeoutMs`; what hangs is left behind with a line in the log.
 */
@Injectable()
export class PushRegistrar implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('PushModule');
  private readonly settings: NestSettings;
  private readonly clock: Clock;
  private readonly doors: Door[] = [];
  private forgetTrouble: (() => void) | undefined;
  private forgetBroker: (() => void) | undefined;
  private forgetProviders: (() => void) | undefined;
  private ingress?: Ingress;

  constructor(
    @Inject(PUSH) private readonly push: Push,
    @Inject(PUSH_MODULE_OPTIONS) options: PushModuleOptions,
    @Inject(Host) private readonly host: Host,
    @Optional() @Inject(PUSH_RABBIT) private readonly rabbit?: Rabbit,
    @Optional() @Inject(HttpAdapterHost) private readonly http?: HttpAdapterHost,
  ) {
    this.settings = splitOptions(options).nest;
    this.clock = options.clock ?? systemClock;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.forgetTrouble = this.push.on('trouble', ({ during, error }) =>
      this.logger.warn(`${during}: ${error instanceof Error ? error.message : String(error)}`),
    );
    this.watchProviders();
    this.host.join(this.push);
    await this.push.start();
    this.watchBroker();
    if (this.settings.gateway) await this.openDoors();
    if (this.rabbit && this.settings.ingress) {
      const { queue } = this.rabbit;
      this.ingress = createIngress({ push: this.push, queue, clock: this.clock });
      this.ingress.start();
    }
    if (this.settings.worker) this.host.consume();
  }

  /** Whose credentials are in trouble, at which provider; once for each change. */
  private watchProviders(): void {
    this.forgetProviders = this.push.on('provider', ({ tenant, provider, state, reason }) => {
      const whose = `${provider} of tenant ${tenant}`;
      const why = reason === undefined ? '' : `: ${reason}`;
      switch (state) {
        case 'open':
          return this.logger.warn(`${whose} is not asked for the moment${why}`);
        case 'quarantine':
          return this.logger.warn(`${whose} calls unusually many tokens dead; none is given up${why}`);
        case 'closed':
          return this.logger.log(`${whose} is asked again`);
      }
    });
  }

  /** One line a change; a start where it is there, and an end, are none. */
  private watchBroker(): void {
    let said = 'up';
    const say = ({ state, reason }: BusStatus): void => {
      if (state === said) return;
      said = state;
      const trouble = `The broker is ${state}${reason ? `: ${reason}` : ''}; other nodes are reached through the store`;
      this.logger.warn(state === 'up' ? 'The broker is there again' : trouble);
    };
    if (this.rabbit) say(this.rabbit.status());
    this.forgetBroker = this.rabbit?.onChange(say);
  }

  private async openDoors(): Promise<void> {
    const server = this.server();
    const { websocket, mqtt, socketio } = this.settings;
    if (server && websocket) this.doors.push(attachWebSocket(server, this.push, websocket));
    if (mqtt) await this.openMqtt(mqtt, server);
    if (server && socketio && socketio.server !== 'application') {
      const { createSocketIoServer } = await import('push-core/socketio');
      this.doors.push(await createSocketIoServer(server, this.push, socketio));
    }
    for (const transport of this.host.transports())
      this.doors.push(await transport.attach(this.push, { httpServer: server }));
  }

  async beforeApplicationShutdown(): Promise<void> {
    const deadline = this.clock.elapsed() + this.settings.drainTimeoutMs;
    this.forgetBroker?.();
    // Nothing more is taken in, from the first moment on.
    await this.step('finish what it took from the queue', deadline, async () => {
      await Promise.all([this.ingress?.stop(), this.host.finish()]);
    });
    await this.step('drain', deadline, () => this.push.drain());
    await this.step('close its sockets', deadline, async () => {
      await Promise.all(this.doors.map((door) => door.close()));
    });
    await this.step('close', deadline, () => this.push.close());
    await this.step('leave the broker', deadline, () => this.rabbit?.close());
    this.host.end();
    this.forgetProviders?.();
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
