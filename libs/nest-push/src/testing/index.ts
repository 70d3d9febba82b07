export { PushTesting } from './push-testing.js';
export { PushTestingModule } from './push-testing.module.js';
export type { Duration } from './duration.js';
export type { Published } from './published.js';
export type { Notified, Retracted } from './recording-providers.js';
export type { DeviceOptions } from './test-devices.js';
export type { DeadWork, TestQueue } from './test-queue.js';
export { VirtualClock } from 'push-core/testing';
export type {
  DeviceMessage,
  DeviceNotice,
  DeviceSignal,
  NoticeOf,
  Pattern,
  TestDevice,
  Within,
} from 'push-core/testing';
