import { apns } from './apns/index.js';
import { fcm } from './fcm/index.js';
import type { ProviderFactory } from './provider.js';
import { harmony, hms, honor, meizu, oppo, vivo, xiaomi } from './vendors/index.js';
import { webhook } from './webhook/index.js';
import { webpush } from './webpush/index.js';

/** Every provider of this library. Which of them a tenant uses is up to the credentials it has. */
export const allProviders: readonly ProviderFactory[] = [
  apns,
  fcm,
  webpush,
  hms,
  harmony,
  honor,
  xiaomi,
  oppo,
  vivo,
  meizu,
  webhook,
];

export { apns, fcm, harmony, hms, honor, meizu, oppo, vivo, webhook, webpush, xiaomi };
export { vendorCallbacks } from './vendors/index.js';
export type { CallbackEvent, CallbackReading, ParseCallback } from './vendors/index.js';
export { verifyWebhook } from './webhook/index.js';
export type { WebhookRequestHeaders, WebhookVerdict } from './webhook/index.js';
export type { WebPushPayload } from './webpush/index.js';
export { createHttpPool } from './http/create-pool.js';
export type { HttpPoolOptions } from './http/create-pool.js';
export { createEgressGuard } from './http/egress-guard.js';
export type {
  EgressGuard,
  EgressGuardOptions,
  EgressReason,
  FormVerdict,
  Resolve,
  Verdict,
} from './http/egress-guard.js';
export type { HttpPool, HttpRequest, HttpResult } from './http/pool.js';
export { offlineOver } from './offline-over.js';
export type { OfflineOverOptions } from './offline-over.js';
export { PROVIDERS } from './provider.js';
export type {
  Address,
  CheckResult,
  MessageClass,
  Provider,
  ProviderFactory,
  ProviderName,
  ProviderTools,
  ProviderTraits,
  RetractRequest,
  SendRequest,
  SendResult,
  SendResultKind,
} from './provider.js';
export { signJwt } from './sign-jwt.js';
export type { JwtAlgorithm } from './sign-jwt.js';
export type { Making, ShelfItem, TokenShelf } from './token-shelf.js';
export { createTokenShelf } from './token-shelf-stored.js';
export type { TokenShelfOptions } from './token-shelf-stored.js';
