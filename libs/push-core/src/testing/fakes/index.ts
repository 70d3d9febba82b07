export { FakeApns } from './apns.js';
export type { FakeApnsAccount, FakeApnsNotification, FakeApnsOptions } from './apns.js';
export { FakeFcm } from './fcm.js';
export type { FakeFcmNotification, FakeFcmOptions, FakeFcmServiceAccount } from './fcm.js';
export type { FcmMessage } from './fcm-checks.js';
export { FakeHttpServer } from './http2-server.js';
export type { Answer, FakeServer, FakeServerOptions, RecordedRequest } from './http2-server.js';
export type { Misbehaviour, MisbehaviourKind } from './misbehaviour.js';
export {
  FakeHarmony,
  FakeHms,
  FakeHonor,
  FakeMeizu,
  FakeOppo,
  FakeVivo,
  FakeXiaomi,
  type FakeHarmonyOptions,
  type FakeHmsOptions,
  type FakeHonorOptions,
  type FakeMeizuOptions,
  type FakeVendor,
  type FakeVendorOptions,
  type FakeXiaomiOptions,
  type ShownNotification,
} from './vendors/index.js';
export { FakeWebhook } from './webhook.js';
export type { FakeWebhookOptions, ReceivedWebhook } from './webhook.js';
export { FakeWebPush } from './webpush.js';
export type { FakeSubscription, FakeWebPushOptions, ReceivedPush } from './webpush.js';
