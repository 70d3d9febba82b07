export { FakeHarmony, type FakeHarmonyOptions } from './harmony.js';
export { FakeHms, type FakeHmsOptions } from './hms.js';
export { FakeHonor, type FakeHonorOptions } from './honor.js';
export { FakeMeizu, type FakeMeizuOptions } from './meizu.js';
export { FakeOppo } from './oppo.js';
export { FakeVivo } from './vivo.js';
export { FakeXiaomi, type FakeXiaomiOptions } from './xiaomi.js';
export type { FakeVendor, FakeVendorOptions, ShownNotification } from './fake-vendor.js';
