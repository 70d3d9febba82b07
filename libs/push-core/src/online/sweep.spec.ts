import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Bus, BusStatus } from '../cluster/bus.js';
import { createMemoryStore, type MemoryStore } from '../store/memory/memory-store.js';
import { EngineBench } from './engine.fixture.js';

let bench: EngineBench;
let shared: MemoryStore;
beforeEach(() => {
  bench = new EngineBench();
  shared = createMemoryStore({ epoch: 'e1' });
});
afterEach(() => bench.close());

/** Carries nothing, whatever it says of itself. */
const deafBus = (state: BusStatus['state']): Bus => ({
  open: async () => undefined,
  send: async () => undefined,
  broadcast: async () => undefined,
  onHints: () => () => undefined,
  status: () => ({ state }),
  close: async () => undefined,
});

/** How long a message published on another node takes, in steps of 500 ms. */
async function latency(state: BusStatus['state']): Promise<number> {
  const node = () => bench.engine({ store: createMemoryStore({ data: shared.data }), bus: deafBus(state) });
  const [here, there] = [await node(), await node()];
  const link = await bench.connect(there);
  await bench.publish(here, { to: { users: ['u1'] }, type: 'x' });
  for (let waited = 0; ; waited += 500) {
    if (link.seqs.length > 0) return waited;
    await bench.clock.advance(500);
  }
}

it('finds what a lost hint would have told within its interval', async () => {
  expect(await latency('up')).toBeLessThanOrEqual(10_500);
});

it('looks every two seconds while the bus is away', async () => {
  expect(await latency('down')).toBeLessThanOrEqual(2500);
});
