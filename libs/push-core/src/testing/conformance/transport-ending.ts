import { data, type TransportCase } from './transport-case.js';
import type { TransportWorld } from './transport-world.js';

const VISITS = 200;
const AT_ONCE = 20;

/** Every link has come to its end once, and nothing came of it after that. */
async function allEnded(world: TransportWorld): Promise<void> {
  await world.until('every link to have ended', () => {
    world.clock.forward(1000);
    return world.links.every(({ ends }) => ends > 0);
  });
  await new Promise((resolve) => setImmediate(resolve));
  world
    .expect(world.links.map(({ ends, late }) => ({ ends, late })))
    .toEqual(world.links.map(() => ({ ends: 1, late: [] })));
}

export const endingCases: readonly TransportCase[] = [
  {
    name: 'a second connection of a device replaces the first, which is told not to come back',
    // Links that come and go replace each other all the time.
    applies: ({ acknowledges }) => acknowledges !== 'on return',
    run: async (world) => {
      const first = await world.connect('u1');
      const second = await world.connect('u1');
      const ending = await first.ended();
      if (world.traits.goodbye !== 'nothing') world.expect(ending.reconnect).toEqual(false);
      await world.publish('u1', 'for the second');
      world.expect(data(await second.take(1))).toEqual(['for the second']);
      world.expect([second.ending, first.pushes()]).toEqual([undefined, []]);
    },
  },
  {
    name: 'devices of one user do not replace each other',
    run: async (world) => {
      const phone = await world.connect('u1', { device: 'phone' });
      const laptop = await world.connect('u1', { device: 'laptop' });
      await world.publish('u1', 'both');
      world.expect([data(await phone.take(1)), data(await laptop.take(1))]).toEqual([['both'], ['both']]);
      world.expect([phone.ending, laptop.ending]).toEqual([undefined, undefined]);
    },
  },
  {
    name: 'at drain every client is told to come back',
    run: async (world) => {
      const devices = await Promise.all(['u1', 'u2', 'u3'].map((user) => world.connect(user)));
      await world.push.drain();
      for (const device of devices) {
        const { reconnect, afterMs } = await device.ended();
        if (world.traits.goodbye !== 'nothing') world.expect(reconnect).toEqual(true);
        if (world.traits.goodbye === 'when to return') {
          world.expect(typeof afterMs === 'number' && afterMs >= 0 && afterMs <= 3000).toEqual(true);
        }
      }
      world.expect(world.push.status().connections).toEqual(0);
    },
  },
  {
    name: 'a link ends once, however it ends: politely, cut off, replaced, closed by the server',
    run: async (world) => {
      const polite = await world.connect('polite');
      await polite.leave();
      (await world.connect('cut')).drop();
      await world.connect('replaced');
      await world.connect('replaced');
      await world.connect('banned');
      world.clock.forward(2000);
      await world.push.disconnect('t', 'banned');
      await world.push.disconnect('t', 'replaced');
      await allEnded(world);
    },
  },
  {
    name: 'a client that does not take the goodbye, stuck behind bytes it does not read, is cut off all the same',
    run: async (world) => {
      const device = await world.connect('u1');
      device.client.pause();
      const entry = { to: { users: ['u1'] }, type: 't', data: 'x'.repeat(60 * 1024) };
      for (let batch = 0; batch < 10; batch++) await world.push.publishBatch('t', Array(16).fill(entry));
      world.clock.forward(2000);
      await world.push.disconnect('t', 'u1');
      await allEnded(world);
      device.client.unpause();
      // Who comes only when it wants more hears of it then.
      if (world.traits.acknowledges === 'on return') await device.take(1);
      await device.ended();
    },
  },
  {
    name: `leaves no connection behind after ${VISITS} clients have come and been cut off`,
    run: async (world) => {
      for (let from = 0; from < VISITS; from += AT_ONCE) {
        const devices = await Promise.all(
          Array.from({ length: AT_ONCE }, (_, i) => world.connect(`u${from + i}`, { device: `d${i}` })),
        );
        for (const device of devices) device.drop();
      }
      await allEnded(world);
      world.expect(world.links.length >= VISITS).toEqual(true);
      world.clock.forward(Math.max(...world.links.map(({ link }) => link.lingerMs)));
      await world.until('no connection to be left', () => world.push.status().connections === 0);
    },
  },
  {
    name: 'a quiet client that is still there keeps its link over many heartbeats',
    run: async (world) => {
      const device = await world.connect('u1');
      for (let beat = 0; beat < 3; beat++) {
        const before = world.links.reduce((sum, { heard }) => sum + heard, 0);
        world.clock.forward(25_001);
        await device.until('a sign of life', () => world.links.reduce((sum, { heard }) => sum + heard, 0) > before);
      }
      await world.publish('u1', 'still here');
      world.expect(data(await device.take(1))).toEqual(['still here']);
      world.expect(device.ending).toEqual(undefined);
    },
  },
];
