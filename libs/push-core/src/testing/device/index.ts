export type { DeviceMessage, DeviceNotice, DeviceSignal, NoticeOf } from './device-frames.js';
export { Expectation } from './expectation.js';
export { eventually, whileTimePasses } from './patience.js';
export { Received } from './received.js';
export { show, showList } from './show.js';
export { readable, Stories } from './stories.js';
export { TestDevice, type Pattern, type TestDeviceOptions, type Within } from './test-device.js';
export { VirtualClock } from './virtual-clock.js';
