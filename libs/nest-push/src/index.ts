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
export { PUSH, PUSH_MODULE_OPTIONS } from './tokens.js';
export { createJwtTokens, type JwtTokens, type JwtTokensOptions } from './auth/jwt-tokens.js';
export type { IssuedToken, TokenIssuer, TokenRequest } from './auth/token-request.js';
