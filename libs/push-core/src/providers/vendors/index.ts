export { harmony } from './harmony.js';
export { hms } from './hms.js';
export { honor } from './honor.js';
export { meizu } from './meizu.js';
export { oppo } from './oppo.js';
export { vivo } from './vivo.js';
export { xiaomi } from './xiaomi.js';
export { vendorCallbacks } from './callbacks.js';
export type { CallbackEvent, CallbackReading, ParseCallback } from './callback.js';
