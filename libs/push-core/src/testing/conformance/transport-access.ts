import type { TransportCase } from './transport-case.js';
import type { TransportDevice } from './transport-device.js';
import type { TransportWorld } from './transport-world.js';

/** It was refused, told nothing of anybody's entries, and left no link behind. */
async function refused(world: TransportWorld, device: TransportDevice): Promise<void> {
  const ending = await device.ended();
  world.expect([device.client.frames.filter((frame) => frame.op === 'push' || frame.op === 'connected')]).toEqual([[]]);
  if (world.traits.goodbye !== 'nothing') world.expect(ending.reconnect).toEqual(false);
  await world.until('no connection to be left', () => world.push.status().connections === 0);
}

/** A device with an entry waiting for it. */
async function waiting(world: TransportWorld): Promise<void> {
  const device = await world.connect('u1');
  await device.leave();
  await world.publish('u1', 'secret');
  world.clock.forward(120_000);
  await world.until('no connection to be left', () => world.push.status().connections === 0);
}

export const accessCases: readonly TransportCase[] = [
  {
    name: 'refuses a bad token before anything is delivered',
    run: async (world) => {
      await waiting(world);
      for (const token of ['nonsense', 'eyJhIjox', world.token('u1').slice(0, -9)]) {
        await refused(world, await world.attempt('u1', { token }));
      }
    },
  },
  {
    name: 'refuses an expired token before anything is delivered',
    run: async (world) => {
      await waiting(world);
      const token = world.token('u1', { expiresAt: world.clock.now() + 1000 });
      world.clock.forward(1001);
      await refused(world, await world.attempt('u1', { token }));
    },
  },
  {
    name: 'refuses the token of another device',
    run: async (world) => {
      await waiting(world);
      await refused(world, await world.attempt('u1', { token: world.token('u1', { device: 'd2' }) }));
      const right = await world.connect('u1', { token: world.token('u1', { device: 'd1' }) });
      await right.take(1);
    },
  },
  {
    name: 'closes the link of a user who is disconnected, and lets nobody in with a token from before',
    run: async (world) => {
      const token = world.token('u1');
      const device = await world.connect('u1', { token });
      const resume = device.client.position();
      world.clock.forward(2000);
      await world.push.disconnect('t', 'u1');
      const ending = await device.ended();
      if (world.traits.goodbye !== 'nothing') world.expect(ending.reconnect).toEqual(false);
      await world.publish('u1', 'secret');
      await refused(world, await world.attempt('u1', { token, resume }));
      world.clock.forward(2000);
      const anew = await world.connect('u1');
      await anew.take(1);
    },
  },
  {
    name: 'closes a link when its token expires',
    run: async (world) => {
      const token = world.token('u1', { expiresAt: world.clock.now() + 60_000 });
      const device = await world.connect('u1', { token });
      await world.publish('u1', 1);
      await device.take(1);
      world.clock.forward(60_001);
      const ending = await device.ended();
      if (world.traits.goodbye !== 'nothing') world.expect(ending.reconnect).toEqual(false);
    },
  },
];
