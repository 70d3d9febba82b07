import { data, numbers, seqs, type TransportCase } from './transport-case.js';

export const acknowledgeCases: readonly TransportCase[] = [
  {
    name: "an acknowledgement is the device's cursor, and what the message's counts say",
    run: async (world) => {
      const device = await world.connect('u1');
      const [id] = await world.publish('u1', 'seen');
      await device.has(1);
      world.expect([(await world.push.message('t', id as string)).counts.delivered]).toEqual([0]);
      world.expect((await world.cursor('u1')) ?? 0).toEqual(0);
      device.acknowledge(1);
      await world.signed('u1', 1);
      world.expect((await world.push.message('t', id as string)).counts.delivered).toEqual(1);
    },
  },
  {
    name: 'what was only sent is not acknowledged, even when the client leaves politely',
    run: async (world) => {
      (await world.connect('u1')).drop();
      const ids = await world.publish('u1', 1, 2, 3);
      const device = await world.connect('u1');
      await device.has(3);
      await device.leave();
      for (const id of ids) world.expect((await world.push.message('t', id)).counts.delivered).toEqual(0);
      world.expect(await world.cursor('u1')).toEqual(0);
      const back = await world.connect('u1');
      world.expect(data(await back.has(3))).toEqual([1, 2, 3]);
    },
  },
  {
    name: 'one acknowledgement covers all before it; an older or repeated one changes nothing',
    applies: ({ acknowledges }) => acknowledges === 'cumulative',
    run: async (world) => {
      const device = await world.connect('u1');
      await world.publish('u1', 1, 2, 3, 4);
      await device.has(4);
      device.acknowledge(3);
      await world.signed('u1', 3);
      for (const seq of [3, 1, 2, 3]) device.acknowledge(seq);
      await world.publish('u1', 5);
      device.acknowledge((await device.has(5)).at(-1)?.seq ?? 0);
      await world.signed('u1', 5);
      world.expect([device.ending, seqs(device.pushes())]).toEqual([undefined, [1, 2, 3, 4, 5]]);
    },
  },
  {
    name: 'an acknowledgement of what was never sent moves no cursor',
    applies: ({ acknowledges }) => acknowledges === 'cumulative',
    run: async (world) => {
      const device = await world.connect('u1');
      await world.publish('u1', 1);
      await device.take(1);
      await world.signed('u1', 1);
      device.acknowledge(1000);
      device.drop();
      await world.publish('u1', 2);
      const back = await world.connect('u1');
      world.expect(data(await back.take(1))).toEqual([2]);
      await world.signed('u1', 2);
    },
  },
  {
    name: 'hands out no more than the window while nothing is acknowledged',
    applies: ({ window }) => window,
    run: async (world) => {
      const device = await world.connect('u1', { window: 5 });
      const other = await world.connect('u2');
      await world.publish('u1', ...numbers(1, 20));
      await device.has(5);
      await world.publish('u2', 'beside');
      await other.take(1);
      world.expect(seqs(device.pushes())).toEqual(numbers(1, 5));
      device.acknowledge(3);
      await device.has(8);
      await world.signed('u1', 3);
      await world.publish('u2', 'again');
      await other.take(2);
      world.expect(seqs(device.pushes())).toEqual(numbers(1, 8));
      world.expect(seqs(await device.take(20))).toEqual(numbers(1, 20));
    },
  },
  {
    name: 'sends again on the same link what is not acknowledged in time',
    applies: ({ resends }) => resends === 'in place',
    limits: { retransmitAfterMs: 1000 },
    run: async (world) => {
      const device = await world.connect('u1');
      await world.publish('u1', 1, 2, 3);
      await device.has(3);
      device.acknowledge(1);
      await device.until('2 and 3 again', () => device.pushes().length >= 5);
      world.expect(seqs(device.pushes()).slice(0, 5)).toEqual([1, 2, 3, 2, 3]);
      world.expect(device.ending).toEqual(undefined);
    },
  },
  {
    name: 'lets go of a client that never acknowledges, and begins with the same entries when it returns',
    applies: ({ acknowledges }) => acknowledges !== 'on return',
    limits: { retransmitAfterMs: 1000, retransmitAttempts: 1 },
    run: async (world) => {
      const device = await world.connect('u1');
      await world.publish('u1', 1, 2);
      await device.has(2);
      const ending = await device.ended();
      if (world.traits.goodbye !== 'nothing') world.expect(ending.reconnect).toEqual(true);
      const back = await world.connect('u1');
      world.expect(data(await back.take(2))).toEqual([1, 2]);
    },
  },
];
