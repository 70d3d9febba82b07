export { PushModule } from './push.module.js';
export type { PushModuleOptions, WebSocketOptions } from './push.options.js';
export {
  PushService,
  type InTenant,
  type PublishContext,
  type PublishMessage,
  type SignalMessage,
} from './push.service.js';
export type { TransactionManager } from './host-transaction.js';
export { PUSH, PUSH_MODULE_OPTIONS, PUSH_QUEUE } from './tokens.js';
export { createJwtTokens, type JwtTokens, type JwtTokensOptions } from './auth/jwt-tokens.js';
export type { JwksIssuer, ReadJwks } from './auth/jwks-keys.js';
export type { IssuedToken, TokenIssuer, TokenRequest } from './auth/token-request.js';
export { PushTransaction, type TransactionHost } from './push-transaction.js';
export { PushQueues } from './push-queues.js';
export type { PushEvent } from './push-events.js';
export {
  change,
  dead,
  done,
  OnPush,
  PushConsumer,
  PushContext,
  PushDevice,
  PushHook,
  PushPayload,
  PushProvider,
  PushResult,
  PushStore,
  PushTenant,
  PushTransport,
  PushUser,
  refuse,
  retry,
  type Attached,
  type Change,
  type ConsumerOutcome,
  type HookAbout,
  type HookAnswer,
  type Of,
  type OnFailure,
  type OnPushDecorator,
  type PushCall,
  type PushConsumerOptions,
  type PushHookDecorator,
  type PushResultDecorator,
  type PushResultSpec,
  type Refusal,
  type TransportHost,
} from './decorators/index.js';
