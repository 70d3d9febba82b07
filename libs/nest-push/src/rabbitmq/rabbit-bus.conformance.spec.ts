import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { busConformance } from 'push-core/testing';
import { BrokerSite } from './broker.fixture.js';

busConformance({ describe, it, beforeEach, afterEach, expect }, async () => {
  const site = await BrokerSite.open();
  const [a, b] = [site.node().bus, site.node().bus];
  const names = { a: 'node a.#', b: 'nöde 👍 *' };
  await Promise.all([a.open(names.a), b.open(names.b)]);
  return {
    a,
    b,
    names,
    flush: async () => {
      await Promise.all([a.settled(), b.settled()]);
      // Behind what is in their queues by now.
      await Promise.all([a.roundTrip(), b.roundTrip()]);
    },
    destroy: () => site.close(),
  };
});
