import {
  Inject,
  Module,
  Optional,
  type DynamicModule,
  type InjectionToken,
  type ModuleMetadata,
  type NestModule,
  type OptionalFactoryDependency,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { ROLES, type Push, type Role } from 'push-core';
import type { TokenIssuer } from '../auth/token-request.js';
import { createPushMetrics, type MetricsOptions } from '../metrics/push-metrics.js';
import { Callbacks } from '../offline/callbacks.js';
import { splitOptions, type PushModuleOptions } from '../push.options.js';
import { PUSH, PUSH_MODULE_OPTIONS } from '../tokens.js';
import type { ApiAuthenticator } from './api-authenticator.js';
import { describeApi, type ApiDescription, type ApiInfo } from './api-description.js';
import { CallbacksController } from './controllers/callbacks.controller.js';
import { ClientController } from './controllers/client.controller.js';
import { DevicesController } from './controllers/devices.controller.js';
import { HealthController } from './controllers/health.controller.js';
import { InboxController } from './controllers/inbox.controller.js';
import { ListsController } from './controllers/lists.controller.js';
import { MessagesController } from './controllers/messages.controller.js';
import { MetricsController } from './controllers/metrics.controller.js';
import { NotificationsController } from './controllers/notifications.controller.js';
import { OpenApiController } from './controllers/openapi.controller.js';
import { PollController } from './controllers/poll.controller.js';
import { PresenceController } from './controllers/presence.controller.js';
import { ProvidersController } from './controllers/providers.controller.js';
import { SseController } from './controllers/sse.controller.js';
import { TicketsController } from './controllers/tickets.controller.js';
import { TokensController } from './controllers/tokens.controller.js';
import { TopicsController } from './controllers/topics.controller.js';
import { UsersController } from './controllers/users.controller.js';
import { createFrontDoor } from './front-door.js';
import { API_AUTHENTICATOR, API_DESCRIPTION, CALLBACKS, METRICS, TOKEN_ISSUER } from './http.tokens.js';
import type { Operation } from './operation.js';
import { clientOperations } from './openapi/client.operations.js';
import { deviceOperations } from './openapi/device.operations.js';
import { healthOperations, openApiOperations } from './openapi/health.operations.js';
import { inboxOperations } from './openapi/inbox.operations.js';
import { listOperations } from './openapi/list.operations.js';
import { messageOperations } from './openapi/message.operations.js';
import { metricsOperations } from './openapi/metrics.operations.js';
import { notificationOperations } from './openapi/notification.operations.js';
import { preferenceOperations } from './openapi/preference.operations.js';
import { presenceOperations } from './openapi/presence.operations.js';
import { providerOperations } from './openapi/provider.operations.js';
import { tokenOperations } from './openapi/token.operations.js';
import { topicOperations } from './openapi/topic.operations.js';
import { userOperations } from './openapi/user.operations.js';

/** Where a port comes from, as in any Nest provider. */
export type PortSource<T> =
  | { useValue: T }
  | { useExisting: InjectionToken }
  | { useClass: Type<T> }
  | { useFactory: (...args: never[]) => T | Promise<T>; inject?: (InjectionToken | OptionalFactoryDependency)[] };

export interface PushHttpOptions {
  /** Modules that export what the ports below inject. */
  imports?: ModuleMetadata['imports'];
  /** Whose API keys are good. */
  apiAuthenticator: PortSource<ApiAuthenticator>;
  /** Makes client tokens. Without one `POST /v1/tokens` answers `NOT_SUPPORTED`. */
  tokenIssuer?: PortSource<TokenIssuer>;
  /**
   * What this process answers: publishers with `api`, clients with `gateway`. Default: what `PushModule`'s roles would be
   * by default, both.
   */
  roles?: readonly Role[];
  /** `false` where the host answers `/healthz` and `/readyz` itself. Default true. */
  health?: boolean;
  /** `GET /metrics`, open to everyone who reaches the server. Needs prom-client. Default false. */
  metrics?: boolean | MetricsOptions;
  /** Operations of the host's own `PushController`s: they get the front door and are documented too. */
  operations?: readonly Operation[];
  /** Title and version of the OpenAPI document. */
  info?: Partial<ApiInfo>;
  /** Largest request body. Bytes, default 4194304. */
  bodyLimitBytes?: number;
}

const apiOperations: readonly Operation[] = [
  ...messageOperations,
  ...inboxOperations,
  ...listOperations,
  ...deviceOperations,
  ...topicOperations,
  ...tokenOperations,
  ...presenceOperations,
  ...userOperations,
  ...preferenceOperations,
  ...notificationOperations,
  ...providerOperations,
];
const API_CONTROLLERS: readonly Type<unknown>[] = [
  MessagesController,
  InboxController,
  ListsController,
  DevicesController,
  TopicsController,
  TokensController,
  PresenceController,
  UsersController,
  NotificationsController,
  ProvidersController,
  CallbacksController,
];
const CLIENT_CONTROLLERS: readonly Type<unknown>[] = [
  SseController,
  PollController,
  ClientController,
  TicketsController,
];

const callbacksProvider: Provider = {
  provide: CALLBACKS,
  inject: [PUSH, { token: PUSH_MODULE_OPTIONS, optional: true }],
  useFactory: (push: Push, options?: PushModuleOptions) => new Callbacks(push, options),
};

const metricsProvider = (options: true | MetricsOptions): Provider => ({
  provide: METRICS,
  inject: [PUSH],
  useFactory: (push: Push) => createPushMetrics(push, options === true ? {} : options),
});

/** The HTTP API, to be imported beside `PushModule`. Touches nothing outside its own paths. */
@Module({})
export class PushHttpModule implements NestModule {
  private doorIsOpen = false;
  private readonly allowedOrigins: readonly string[];

  static register(options: PushHttpOptions): DynamicModule {
    const { health = true, metrics = false, roles = ROLES } = options;
    const api = roles.includes('api');
    const gateway = roles.includes('gateway');
    const description = describeApi(
      [
        ...(api ? apiOperations : []),
        ...(gateway ? clientOperations : []),
        ...(metrics ? metricsOperations : []),
        ...(health ? healthOperations : []),
        ...openApiOperations,
        ...(options.operations ?? []),
      ],
      { info: options.info, bodyLimitBytes: options.bodyLimitBytes },
    );
    return {
      module: PushHttpModule,
      imports: options.imports,
      controllers: [
        ...(api ? API_CONTROLLERS : []),
        ...(gateway ? CLIENT_CONTROLLERS : []),
        ...(metrics ? [MetricsController] : []),
        ...(health ? [HealthController] : []),
        OpenApiController,
      ],
      providers: [
        { provide: API_AUTHENTICATOR, ...options.apiAuthenticator } as Provider,
        { provide: TOKEN_ISSUER, ...(options.tokenIssuer ?? { useValue: undefined }) } as Provider,
        { provide: API_DESCRIPTION, useValue: description },
        ...(api ? [callbacksProvider] : []),
        ...(metrics ? [metricsProvider(metrics)] : []),
      ],
      exports: [API_AUTHENTICATOR, TOKEN_ISSUER],
    };
  }

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
    @Inject(API_DESCRIPTION) private readonly description: ApiDescription,
    @Optional() @Inject(PUSH_MODULE_OPTIONS) options?: PushModuleOptions,
  ) {
    this.allowedOrigins = options ? splitOptions(options).nest.allowedOrigins : [];
    // Before the application installs its body parser.
    this.openDoor();
  }

  /** Where the adapter came later than the modules (a testing module): behind the body parser, before the routes. */
  configure(): void {
    this.openDoor();
  }

  private openDoor(): void {
    const adapter = this.host.httpAdapter as HttpAdapterHost['httpAdapter'] | undefined;
    if (this.doorIsOpen || typeof adapter?.use !== 'function') return;
    this.doorIsOpen = true;
    const { operations, bodyLimitBytes } = this.description;
    adapter.use(
      createFrontDoor({
        operations,
        bodyLimitBytes,
        prefix: () => this.config.getGlobalPrefix(),
        allowedOrigins: this.allowedOrigins,
        readsBodies: adapter.getType() !== 'fastify',
      }),
    );
  }
}
