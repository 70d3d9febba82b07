import type { GapFrame } from '../../wire.js';
import { data, numbers, seqs, type TransportCase } from './transport-case.js';

const STEADY = 200;
/** Published before the device has seen what came earlier. */
const AHEAD = 8;

export const resumeCases: readonly TransportCase[] = [
  {
    name: 'resumes after zero messages',
    run: async (world) => {
      const first = await world.connect('u1');
      const resume = first.client.position();
      first.drop();
      await world.publish('u1', 1, 2);
      const back = await world.connect('u1', { resume });
      world.expect(data(await back.take(2))).toEqual([1, 2]);
    },
  },
  {
    name: 'resumes twice in a row, and a third time with nothing in between',
    run: async (world) => {
      const first = await world.connect('u1');
      await world.publish('u1', 1);
      await first.take(1);
      await world.signed('u1', 1);
      first.drop();
      await world.publish('u1', 2);
      const second = await world.connect('u1', { resume: first.client.position() });
      world.expect(data(await second.take(1))).toEqual([2]);
      await world.signed('u1', 2);
      second.drop();
      await world.publish('u1', 3);
      const third = await world.connect('u1', { resume: second.client.position() });
      world.expect(data(await third.take(1))).toEqual([3]);
      await world.signed('u1', 3);
      third.drop();
      const fourth = await world.connect('u1', { resume: third.client.position() });
      await world.publish('u1', 4);
      world.expect(data(await fourth.take(1))).toEqual([4]);
    },
  },
  {
    name: 'resumes right after an abrupt cut, before the server can have noticed it',
    run: async (world) => {
      let device = await world.connect('u1');
      for (const n of numbers(1, 8)) {
        await world.publish('u1', n);
        world.expect(data(await device.take(1))).toEqual([n]);
        await world.signed('u1', n);
        const resume = device.client.position();
        device.drop();
        device = await world.connect('u1', { resume });
      }
    },
  },
  {
    name: 'sends unacknowledged entries again on the next connection, acknowledged ones not',
    run: async (world) => {
      (await world.connect('u1')).drop();
      await world.publish('u1', 1, 2, 3, 4, 5);
      const first = await world.connect('u1');
      world.expect(data(await first.has(5))).toEqual([1, 2, 3, 4, 5]);
      first.acknowledge(2);
      await world.signed('u1', 2);
      first.drop();
      const back = await world.connect('u1');
      world.expect(data(await back.has(3))).toEqual([3, 4, 5]);
      back.drop();
      const again = await world.connect('u1');
      world.expect(data(await again.take(3))).toEqual([3, 4, 5]);
      await world.signed('u1', 5);
      again.drop();
      await world.publish('u1', 6);
      const last = await world.connect('u1');
      world.expect(data(await last.take(1))).toEqual([6]);
    },
  },
  {
    name: 'continues after the position the client names, where it acknowledged nothing',
    applies: (traits) => traits.remembers,
    run: async (world) => {
      (await world.connect('u1')).drop();
      await world.publish('u1', 1, 2, 3);
      const first = await world.connect('u1');
      await first.has(3);
      const resume = first.client.position();
      first.drop();
      await world.publish('u1', 4);
      const back = await world.connect('u1', { resume });
      world.expect(data(await back.take(1))).toEqual([4]);
    },
  },
  {
    name: `shows each of ${STEADY} messages exactly once and in order to a device that is cut off again and again meanwhile`,
    run: async (world) => {
      (await world.connect('u1')).drop();
      let last = 0;
      const publishing = (async () => {
        for (const n of numbers(1, STEADY)) {
          await world.until('the device to keep up', () => n <= last + AHEAD);
          await world.publish('u1', n);
        }
      })();
      publishing.catch(() => undefined);
      const shown: unknown[] = [];
      let resume: unknown;
      for (let visit = 1; last < STEADY; visit++) {
        const device = await world.connect('u1', { resume });
        const goal = Math.min(STEADY, last + 1 + ((visit * 7) % 11));
        while (last < goal) {
          let again = 0;
          await device.until(`entry ${last + 1}`, () => {
            // What came twice is acknowledged too: a client that says nothing may be owed nothing more.
            const highest = device.shown('@me', 0).at(-1)?.seq ?? 0;
            if (highest > again && highest <= last) device.acknowledge((again = highest));
            return highest > last;
          });
          const fresh = device.shown('@me', last);
          world.expect(seqs(fresh)).toEqual(numbers(last + 1, last + fresh.length));
          shown.push(...data(fresh));
          last += fresh.length;
          device.acknowledge(last);
        }
        // Every other time it forgets where it was: then the server's cursor counts, and entries may come twice.
        resume = visit % 2 === 0 ? device.client.position() : undefined;
        device.drop();
      }
      await publishing;
      world.expect(shown).toEqual(numbers(1, STEADY));
    },
  },
  {
    name: 'says what retention has removed, and goes on after it',
    retention: { maxEntries: 5, everyMs: 60_000 },
    run: async (world) => {
      (await world.connect('u1')).drop();
      await world.publish('u1', ...numbers(1, 20));
      await world.until('retention to have run', async () => {
        world.clock.forward(61_000);
        const [state] = await world.store.messages.states([{ tenant: 't', stream: '@u1' }]);
        return (state?.first ?? 0) > 1;
      });
      const back = await world.connect('u1');
      world.expect(data(await back.take(5))).toEqual(numbers(16, 20));
      if (world.traits.carries.includes('gap')) {
        world.expect(back.told<GapFrame>('gap').map(({ s, from, to }) => [s, from, to])).toEqual([['@me', 1, 15]]);
      }
      await world.signed('u1', 20);
    },
  },
];
