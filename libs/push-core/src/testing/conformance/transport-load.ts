import { numbers, seqs, type TransportCase } from './transport-case.js';

const ENTRIES = 300;
const BATCH = 15;
const ENTRY_BYTES = 60 * 1024;
/** More than the buffers of two sockets can swallow, less than everything. */
const SWALLOWED_BYTES = (ENTRIES * ENTRY_BYTES * 3) / 4;
const CONGESTED_BYTES = 64 * 1024;
const FRAME_BYTES = 128 * 1024;
/** What is congested, a frame on top, and as much again for a transport that hears late of what its socket took. */
const BUFFERED_BYTES = 2 * (CONGESTED_BYTES + FRAME_BYTES + ENTRY_BYTES);

export const loadCases: readonly TransportCase[] = [
  {
    name: 'a client that does not read costs bounded bytes and disturbs nobody, and gets everything when it returns',
    limits: { windowEntries: 1024, congestedBytes: CONGESTED_BYTES, frameBytes: FRAME_BYTES },
    run: async (world) => {
      await world.push.subscribe('t', 'flood', ['slow', 'fast']);
      const slow = await world.connect('slow');
      const [link] = world.links;
      const fast = await world.connect('fast');
      slow.client.pause();
      const text = 'x'.repeat(ENTRY_BYTES);
      for (let sent = 0; sent < ENTRIES; sent += BATCH) {
        const items = numbers(1, BATCH).map(() => ({ to: { topics: ['flood'] }, type: 't', data: text }));
        await world.push.publishBatch('t', items);
        await fast.take(sent + BATCH, 'flood');
      }
      world.expect(seqs(fast.shown('flood'))).toEqual(numbers(1, ENTRIES));
      const { handed = 0, peakBufferedBytes = 0 } = link ?? {};
      world.expect({ handed: handed < SWALLOWED_BYTES ? 'bounded' : handed }).toEqual({ handed: 'bounded' });
      world
        .expect({ buffered: peakBufferedBytes <= BUFFERED_BYTES ? 'bounded' : peakBufferedBytes })
        .toEqual({ buffered: 'bounded' });

      slow.drop();
      const back = await world.connect('slow');
      world.expect(seqs(await back.take(ENTRIES, 'flood'))).toEqual(numbers(1, ENTRIES));
      await world.signed('slow', ENTRIES, 'flood');
    },
  },
  {
    name: 'a client that stopped reading for a while gets the rest in order on the same link',
    limits: { windowEntries: 1024, congestedBytes: CONGESTED_BYTES, frameBytes: FRAME_BYTES },
    run: async (world) => {
      const device = await world.connect('u1');
      const other = await world.connect('u2');
      device.client.pause();
      const text = 'x'.repeat(ENTRY_BYTES);
      for (let sent = 0; sent < ENTRIES; sent += BATCH) {
        const items = numbers(1, BATCH).map(() => ({ to: { users: ['u1', 'u2'] }, type: 't', data: text }));
        await world.push.publishBatch('t', items);
        await other.take(sent + BATCH);
      }
      device.client.unpause();
      // Without any acknowledgement, which would wake the core as well.
      if (world.traits.acknowledges !== 'on return') await device.has(ENTRIES);
      world.expect(seqs(await device.take(ENTRIES))).toEqual(numbers(1, ENTRIES));
      world.expect(device.ending).toEqual(undefined);
    },
  },
];
