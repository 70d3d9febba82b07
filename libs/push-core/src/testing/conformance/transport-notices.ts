import type { ReadNoticeFrame, RecallFrame, SignalFrame, SkipFrame } from '../../wire.js';
import { data, type TransportCase } from './transport-case.js';

export const noticeCases: readonly TransportCase[] = [
  {
    name: 'carries a signal to who is connected, and keeps it for nobody',
    applies: ({ carries }) => carries.includes('signal'),
    run: async (world) => {
      const device = await world.connect('u1');
      const away = await world.connect('u2');
      await away.leave();
      const signal = { type: 'typing', thread: 'room-7', data: { who: 'Ann\n😀' } };
      await world.send({ ...signal, to: { users: ['u1', 'u2'] }, options: { volatile: true } });
      await device.until('the signal', () => device.told('signal').length > 0);
      world.expect(device.told<SignalFrame>('signal')).toEqual([{ op: 'signal', ...signal }]);
      const back = await world.connect('u2');
      await world.publish('u2', 'entry');
      world.expect(data(await back.take(1))).toEqual(['entry']);
      world.expect([back.told('signal'), back.pushes().map(({ seq }) => seq)]).toEqual([[], [1]]);
    },
  },
  {
    name: 'tells a connected client that a message was recalled',
    applies: ({ carries }) => carries.includes('recall'),
    run: async (world) => {
      const device = await world.connect('u1');
      const [id] = await world.publish('u1', 'oops');
      await device.take(1);
      await world.push.recall('t', id as string);
      await device.until('the recall', () => device.told('recall').length > 0);
      world.expect(device.told<RecallFrame>('recall')[0]).toEqual({ op: 'recall', s: '@me', seq: 1, id });
    },
  },
  {
    name: "tells the user's other devices how far was read",
    applies: ({ carries }) => carries.includes('read'),
    run: async (world) => {
      const phone = await world.connect('u1', { device: 'phone' });
      const laptop = await world.connect('u1', { device: 'laptop' });
      for (const n of [1, 2, 3]) await world.send({ to: { users: ['u1'] }, type: 't', thread: 'room-7', data: n });
      await Promise.all([phone.take(3), laptop.take(3)]);
      await world.push.markRead({ tenant: 't', user: 'u1', device: 'phone' }, { s: '@me', seq: 2, thread: 'room-7' });
      await laptop.until('the mark', () => laptop.told('read').length > 0);
      world
        .expect(laptop.told<ReadNoticeFrame>('read')[0])
        .toEqual({ op: 'read', s: '@me', seq: 2, thread: 'room-7', unread: 1 });
      // Marks of the last minutes are repeated to every new link, and a link that comes and goes is always new.
      if (world.traits.acknowledges !== 'on return') world.expect(phone.told('read')).toEqual([]);
    },
  },
  {
    name: 'says which entries are not for the device',
    applies: ({ carries }) => carries.includes('skip'),
    run: async (world) => {
      const device = await world.connect('u1');
      await world.send({ to: { users: ['u1'], except: { devices: [{ user: 'u1', device: 'd1' }] } }, type: 't' });
      await world.publish('u1', 'mine');
      await device.take(1);
      world
        .expect(device.told<SkipFrame>('skip')[0])
        .toEqual({ op: 'skip', s: '@me', from: 1, to: 1, reason: 'excluded' });
    },
  },
];
