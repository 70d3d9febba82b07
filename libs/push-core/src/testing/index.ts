export { ManualClock } from './manual-clock.js';
export {
  busConformance,
  queueConformance,
  storeConformance,
  storeModelConformance,
  transportConformance,
} from './conformance/index.js';
export type {
  BusPair,
  ConnectOptions,
  Ending,
  FastCheckModule,
  HarnessDeadLetter,
  HarnessReplies,
  QueueHarness,
  StoreHarness,
  SuiteRunner,
  TransportClient,
  TransportConformanceOptions,
  TransportHarness,
  TransportSite,
  TransportTraits,
} from './conformance/index.js';
export { NO_FAULTS, SABOTAGES, seededIds, seededRandom, simulate } from './simulator/index.js';
export type { Faults, Rule, Sabotage, SimulationOptions, SimulationReport, Violation } from './simulator/index.js';
export {
  eventually,
  Expectation,
  readable,
  Received,
  show,
  showList,
  Stories,
  TestDevice,
  VirtualClock,
  whileTimePasses,
} from './device/index.js';
export type {
  DeviceMessage,
  DeviceNotice,
  DeviceSignal,
  NoticeOf,
  Pattern,
  TestDeviceOptions,
  Within,
} from './device/index.js';
export { FakeApns, type FakeApnsAccount, type FakeApnsNotification, type FakeApnsOptions } from './fakes/apns.js';
export { FakeFcm, type FakeFcmNotification, type FakeFcmOptions, type FakeFcmServiceAccount } from './fakes/fcm.js';
export { FakeHttpServer } from './fakes/http2-server.js';
export type { Answer, FakeServer, FakeServerOptions, RecordedRequest } from './fakes/http2-server.js';
export type { Misbehaviour, MisbehaviourKind } from './fakes/misbehaviour.js';
export { FakeHarmony, FakeHms, FakeHonor, FakeMeizu, FakeOppo, FakeVivo, FakeXiaomi } from './fakes/vendors/index.js';
export type {
  FakeHarmonyOptions,
  FakeHmsOptions,
  FakeHonorOptions,
  FakeMeizuOptions,
  FakeVendor,
  FakeVendorOptions,
  FakeXiaomiOptions,
  ShownNotification,
} from './fakes/vendors/index.js';
export { FakeWebhook, type FakeWebhookOptions, type ReceivedWebhook } from './fakes/webhook.js';
export { FakeWebPush } from './fakes/webpush.js';
export type { FakeSubscription, FakeWebPushOptions, ReceivedPush } from './fakes/webpush.js';
