import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { busConformance } from '../testing/conformance/index.js';
import type { Bus, Hint } from './bus.js';
import { InProcessBusHub } from './in-process-bus.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const work: Hint = { kind: 'work', work: 'fan-out' };

busConformance({ describe, it, beforeEach, afterEach, expect }, async () => {
  const hub = new InProcessBusHub();
  const [a, b] = [hub.join(), hub.join()];
  const names = { a: 'node-a', b: 'node-b' };
  await a.open(names.a);
  await b.open(names.b);
  return { a, b, names, flush: turn, destroy: async () => void (await Promise.all([a.close(), b.close()])) };
});

describe('the in-process bus', () => {
  let hub: InProcessBusHub;
  const heardBy = (bus: Bus): Hint[] => {
    const heard: Hint[] = [];
    bus.onHints((hints) => heard.push(...hints));
    return heard;
  };
  beforeEach(() => void (hub = new InProcessBusHub()));

  it('carries nothing from or to a bus that is not open', async () => {
    const [open, shut] = [hub.join(), hub.join()];
    await open.open('open');
    const [atOpen, atShut] = [heardBy(open), heardBy(shut)];
    await open.broadcast([work]);
    await open.send('shut', [work]);
    await shut.broadcast([work]);
    await shut.send('open', [work]);
    await turn();
    expect([atOpen, atShut]).toEqual([[], []]);
    expect(shut.status()).toEqual({ state: 'down', reason: 'not opened yet' });
  });

  it('refuses a second node of the same name, and takes the name again once it is free', async () => {
    const [first, second] = [hub.join(), hub.join()];
    await first.open('n1');
    await expect(second.open('n1')).rejects.toMatchObject({ code: 'INVALID', field: 'node' });
    await first.close();
    await second.open('n1');
    expect(second.status()).toEqual({ state: 'up' });
  });

  it('opens once: again under its name changes nothing, under another is refused, and a closed bus stays closed', async () => {
    const bus = hub.join();
    await bus.open('n1');
    await bus.open('n1');
    await expect(bus.open('n2')).rejects.toMatchObject({ code: 'INVALID', field: 'node' });
    await bus.close();
    await expect(bus.open('n1')).rejects.toMatchObject({ code: 'INVALID', field: 'node' });
    expect(bus.status()).toEqual({ state: 'down', reason: 'closed' });
  });

  it('hands the three nodes of a hub only what is theirs', async () => {
    const buses = ['n1', 'n2', 'n3'].map(() => hub.join());
    await Promise.all(buses.map((bus, i) => bus.open(`n${i + 1}`)));
    const heard = buses.map(heardBy);
    await (buses[0] as Bus).send('n2', [work]);
    await turn();
    expect(heard).toEqual([[], [work], []]);
  });
});
