import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InProcessBusHub } from '../../cluster/in-process-bus.js';
import { busConformance } from './bus-conformance.js';

busConformance({ describe, it, beforeEach, afterEach, expect }, async () => {
  const hub = new InProcessBusHub();
  const [a, b] = [hub.join(), hub.join()];
  return {
    a,
    b,
    flush: () => new Promise((resolve) => setImmediate(resolve)),
    destroy: async () => void (await Promise.all([a.close(), b.close()])),
  };
});
