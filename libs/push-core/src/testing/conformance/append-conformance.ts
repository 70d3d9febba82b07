import { jobRef, KIND, newJob, takeOf } from './job-samples.js';
import type { StoreChapter } from './store-harness.js';
import {
  append,
  appendOne,
  contents,
  message,
  ODD_IDS,
  placesOf,
  seqsOf,
  TENANT,
  T0,
  told,
  withKey,
} from './store-samples.js';

export function appendConformance({ runner: { describe, it, expect }, store }: StoreChapter): void {
  describe('append', () => {
    it('numbers each stream from 1 without gaps, in the order of the requests', async () => {
      const outcomes = await store().messages.append([
        append('m1', ['a', 'b']),
        append('m2', ['b']),
        append('m3', ['b', 'a', 'c']),
      ]);
      expect(outcomes.map(seqsOf)).toEqual([[1, 1], [2], [3, 2, 1]]);
      expect(placesOf(outcomes[2]).map((place) => place.stream)).toEqual(['b', 'a', 'c']);
      expect(seqsOf(await appendOne(store().messages, append('m4', ['b'])))).toEqual([4]);
      expect(await contents(store().messages, 'b')).toEqual([
        [1, 'm1'],
        [2, 'm2'],
        [3, 'm3'],
        [4, 'm4'],
      ]);
    });

    it('stays gapless when many append at once', async () => {
      const batches = Array.from({ length: 40 }, (_, i) => [
        append(`x${i}`, ['hot', `@u${i % 3}`]),
        append(`y${i}`, ['hot']),
      ]);
      const outcomes = (await Promise.all(batches.map((batch) => store().messages.append(batch)))).flat();
      const taken = outcomes.map((outcome) => seqsOf(outcome)[0] as number).sort((a, b) => a - b);
      expect(taken).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
      const [state] = await store().messages.states([{ tenant: TENANT, stream: 'hot' }]);
      expect([state?.head, state?.first]).toEqual([80, 1]);
      const stored = await contents(store().messages, 'hot');
      expect(stored.map(([seq]) => seq)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
    });

    it('answers an empty batch with nothing', async () => {
      expect(await store().messages.append([])).toEqual([]);
      expect(await store().messages.read([])).toEqual([]);
      expect(await store().messages.states([])).toEqual([]);
    });

    it('fans one message out to many streams', async () => {
      const streams = Array.from({ length: 10_000 }, (_, i) => `@user-${i}`);
      const places = placesOf(await appendOne(store().messages, append('wide', streams)));
      expect(places.map((place) => place.stream)).toEqual(streams);
      expect(places.every((place) => place.seq === 1)).toEqual(true);
      expect(await contents(store().messages, '@user-9999')).toEqual([[1, 'wide']]);
      expect((await store().messages.find(TENANT, 'wide'))?.places.length).toEqual(10_000);
    });

    it('takes a batch of a thousand', async () => {
      const outcomes = await store().messages.append(
        Array.from({ length: 1000 }, (_, i) => append(`m${i}`, ['room', `@u${i}`])),
      );
      expect(outcomes.map(seqsOf)).toEqual(outcomes.map((_, i) => [i + 1, 1]));
      expect((await contents(store().messages, 'room')).map(([, id]) => id)).toEqual(outcomes.map((_, i) => `m${i}`));
    });

    it('stores a message id once: an append that is tried again is a duplicate', async () => {
      const again = append('m1', ['room'], { acceptedAt: 5 });
      await store().messages.append([append('m1', ['room'], { acceptedAt: 3 })]);
      expect(await store().messages.append([append('m0', ['room']), again, append('m2', ['room'])])).toEqual([
        { kind: 'stored', places: [{ stream: 'room', epoch: await epoch(), seq: 2 }] },
        { kind: 'duplicate', id: 'm1', acceptedAt: 3 },
        { kind: 'stored', places: [{ stream: 'room', epoch: await epoch(), seq: 3 }] },
      ]);
      expect((await contents(store().messages, 'room')).map(([, id]) => id)).toEqual(['m1', 'm0', 'm2']);
    });

    it('gives back every field of a message, and only those it had', async () => {
      const full = message('full', {
        thread: 'thread 7',
        to: { users: ['u'], except: { devices: [{ user: 'u', device: 'd' }] } },
        notification: { title: 'Täglich "neu"', body: "it's 5 % off\n👍", badge: 'auto' },
        options: { ttl: 60, offline: { mode: 'always', waitMs: 5 } },
        dueAt: 1_760_000_000_123,
      });
      const bare = message('bare');
      const { data: _, ...withoutData } = message('no-data');
      const all = [full, bare, withoutData];
      await store().messages.append(
        all.map((one) => ({ message: one, targets: [{ stream: 'room' }], when: 'now' as const })),
      );
      const [page] = await store().messages.read([{ tenant: TENANT, stream: 'room', after: 0, limit: 10 }]);
      expect(page?.entries.map((entry) => entry.message)).toEqual(all.map(told));
      expect(page?.entries.map((entry) => Object.keys(entry.message).sort())).toEqual(
        all.map((one) => Object.keys(told(one)).sort()),
      );
      expect((await store().messages.find(TENANT, 'full'))?.message).toEqual(full);
    });

    it('keeps data as it was given, 64 KiB of it and any character', async () => {
      const texts = [
        JSON.stringify('x'.repeat(64 * 1024 - 2)),
        JSON.stringify('漢'.repeat(21_000)),
        JSON.stringify(String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i))),
        '{"a":1,"a":2,  "b":[1e400,-0,1.0]}',
        '"\\u0000\\ud800"',
        'null',
      ];
      await store().messages.append(texts.map((data, i) => append(`m${i}`, ['room'], { data })));
      const [page] = await store().messages.read([{ tenant: TENANT, stream: 'room', after: 0, limit: 10 }]);
      expect(page?.entries.map((entry) => entry.message.data)).toEqual(texts);
    });

    it('stores every job that goes along, where it stores the message', async () => {
      const jobs = (id: string) => ['offline', 'other'].map((kind) => newJob(id, { kind, dueAt: T0 + 3000 }));
      const first = { ...append('m1', ['room']), job: newJob('m1'), jobs: jobs('m1') };
      const held = { ...append('m2', ['room'], { dueAt: T0 }), when: 'hold' as const, jobs: jobs('m2') };
      await store().messages.append([first, held, { ...append('m3', []), jobs: jobs('m3') }]);
      const kept = async (id: string) => {
        const names = [KIND, 'offline', 'other'].map((kind) => store().jobs.find(jobRef(id, { kind })));
        return (await Promise.all(names)).map((job) => job && [job.kind, job.dueAt]);
      };
      const both = [
        ['offline', T0 + 3000],
        ['other', T0 + 3000],
      ];
      expect(await kept('m1')).toEqual([[KIND, T0], ...both]);
      expect([await kept('m2'), await kept('m3')]).toEqual([
        [undefined, ...both],
        [undefined, ...both],
      ]);
      expect(await store().jobs.pending('offline')).toEqual(3);
      const [found] = await store().jobs.take({ ...takeOf(), kind: 'offline', now: T0 + 3000, limit: 1 });
      expect(found).toEqual({ ...newJob('m1', { kind: 'offline', dueAt: T0 + 3000 }), attempts: 1 });
    });

    it('stores the jobs that go along with a release, and none with what it does not store', async () => {
      const offline = (id: string) => ({ jobs: [newJob(id, { kind: 'offline' })] });
      const held = { ...append('m1', ['room'], { dueAt: T0 }), when: 'hold' as const };
      await store().messages.append([held, withKey(append('m2', ['room']), 'k', 'f')]);
      const release = { ...held, when: 'release' as const, ...offline('m1') };
      const outcomes = await store().messages.append([
        release,
        { ...release, jobs: [newJob('m1', { kind: 'again' })] },
        { ...append('m2', ['room']), ...offline('m2') },
        { ...withKey(append('m3', ['room']), 'k', 'f'), ...offline('m3') },
        { ...withKey(append('m4', ['room']), 'k', 'g'), ...offline('m4') },
      ]);
      const kinds = ['stored', 'duplicate', 'duplicate', 'duplicate', 'conflict'];
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(kinds);
      expect([await store().jobs.pending('offline'), await store().jobs.pending('again')]).toEqual([1, 0]);
      expect((await store().jobs.find(jobRef('m1', { kind: 'offline' })))?.id).toEqual('m1');
    });

    it('tells odd ids apart', async () => {
      const requests = ODD_IDS.map((id) => append(id, [id, 'all'], { thread: id, type: id }));
      const outcomes = await store().messages.append(requests);
      expect(outcomes.map(seqsOf)).toEqual(ODD_IDS.map((_, i) => [1, i + 1]));
      expect(outcomes.map((outcome) => placesOf(outcome)[0]?.stream)).toEqual(ODD_IDS);
      expect((await contents(store().messages, 'all')).map(([, id]) => id)).toEqual(ODD_IDS);
      for (const id of ODD_IDS) {
        expect((await store().messages.find(TENANT, id))?.message.thread).toEqual(id);
        expect(await contents(store().messages, id)).toEqual([[1, id]]);
      }
      const [unread] = await store().reads.unread([{ tenant: TENANT, stream: 'all', user: 'u', now: T0 }]);
      expect([...(unread ?? [])].sort()).toEqual(ODD_IDS.map((id) => [id, 1]).sort());
    });
  });

  const epoch = async () => (await store().messages.states([{ tenant: TENANT, stream: 'room' }]))[0]?.epoch;
}
