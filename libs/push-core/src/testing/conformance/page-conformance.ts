import type { AppendOutcome, AppendRequest } from '../../store/message-store.js';
import { claimedIds, jobRef, KIND, newJob, page, withJob } from './job-samples.js';
import type { StoreChapter } from './store-harness.js';
import { append, appendOne, contents, placesOf, seqsOf, T0, TENANT, told } from './store-samples.js';

export function pageConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  const send = (...requests: AppendRequest[]) => store().messages.append(requests);
  const kinds = (outcomes: readonly AppendOutcome[]) => outcomes.map((outcome) => outcome.kind);
  const headOf = async (stream: string) => (await store().messages.states([{ tenant: TENANT, stream }]))[0]?.head;

  describe('pages of a fan-out', () => {
    it('bring a stored message into more streams, one page after the other', async () => {
      await send(append('before', ['@u2']), withJob('m', { position: 1, size: 4 }, ['@u1']));
      const first = await appendOne(store().messages, page('m', 1, 3, ['@u3', '@u2']));
      expect(placesOf(first).map(({ stream, seq }) => [stream, seq])).toEqual([
        ['@u3', 1],
        ['@u2', 2],
      ]);
      expect(await store().jobs.find(jobRef('m'))).toEqual(newJob('m', { position: 3, size: 4 }));
      await reopen();
      expect(seqsOf(await appendOne(store().messages, page('m', 3, 4, ['@u4'])))).toEqual([1]);
      expect(await contents(store().messages, '@u2')).toEqual([
        [1, 'before'],
        [2, 'm'],
      ]);
      const found = await store().messages.find(TENANT, 'm');
      expect(found?.places.map((place) => [place.stream, place.seq]).sort()).toEqual([
        ['@u1', 1],
        ['@u2', 2],
        ['@u3', 1],
        ['@u4', 1],
      ]);
    });

    it('show the message as it was stored, with each target’s own filter', async () => {
      const stored = withJob('m');
      await send({ ...stored, message: { ...stored.message, thread: 'th', data: '"stored"' } });
      const filter = { only: ['d1'] };
      await send({ ...page('m', 0, 9, []), targets: [{ stream: '@u1', filter }, { stream: '@u2' }] });
      const read = await store().messages.read(
        ['@u1', '@u2'].map((stream) => ({ tenant: TENANT, stream, after: 0, limit: 9 })),
      );
      const shown = told({ ...stored.message, thread: 'th', data: '"stored"' });
      expect(read.map((one) => one.entries)).toEqual([
        [{ seq: 1, message: shown, filter }],
        [{ seq: 1, message: shown }],
      ]);
    });

    it('finish the job with the last one', async () => {
      await send(withJob('m'));
      await claimedIds(store().jobs);
      expect(kinds(await send(page('m', 0, 30, ['@u1'])))).toEqual(['stored']);
      expect(await store().jobs.find(jobRef('m'))).toEqual(undefined);
      expect(await store().jobs.pending(KIND)).toEqual(0);
      expect(await claimedIds(store().jobs, { now: T0 + 100_000 })).toEqual([]);
      expect(await store().jobs.dead(TENANT, KIND, 9)).toEqual([]);
    });

    it('count once: a step that is not the next is a duplicate, and writes nothing', async () => {
      await send({ ...withJob('m'), message: append('m', [], { acceptedAt: T0 + 3 }).message });
      expect(kinds(await send(page('m', 0, 10, ['@u1'])))).toEqual(['stored']);
      const duplicate = { kind: 'duplicate', id: 'm', acceptedAt: T0 + 3 };
      expect(await send(page('m', 0, 10, ['@u1']))).toEqual([duplicate]);
      expect(await send(page('m', 20, 30, ['@u1']))).toEqual([duplicate]);
      expect(await send(page('m', 10, 30, ['@u2']))).toEqual([{ kind: 'stored', places: [await place('@u2', 1)] }]);
      expect(await send(page('m', 10, 30, ['@u2']))).toEqual([duplicate]);
      expect([await headOf('@u1'), await headOf('@u2')]).toEqual([1, 1]);
    });

    it('without their message or their job are not written', async () => {
      await send(append('m', ['room']));
      expect(kinds(await send(page('m', 0, 10, ['@u1']), page('never', 0, 10, ['@u1'])))).toEqual([
        'duplicate',
        'duplicate',
      ]);
      expect(await headOf('@u1')).toEqual(0);
      expect(await store().messages.find(TENANT, 'never')).toEqual(undefined);
    });

    it('of several jobs go into one batch with other messages, numbered in their order', async () => {
      await send(withJob('m1'), withJob('m2'), withJob('m3'));
      await send(page('m2', 0, 10, ['@u1']));
      const outcomes = await send(
        append('x1', ['@u1']),
        page('m1', 0, 10, ['@u1', '@u2']),
        page('m2', 0, 10, ['@u1']),
        page('m3', 0, 30, ['@u2', '@u1']),
        append('x2', ['@u1']),
        page('m2', 10, 20, ['@u1']),
      );
      expect(kinds(outcomes)).toEqual(['stored', 'stored', 'duplicate', 'stored', 'stored', 'stored']);
      expect((await contents(store().messages, '@u1')).map(([, id]) => id)).toEqual([
        'm2',
        'x1',
        'm1',
        'm3',
        'x2',
        'm2',
      ]);
      expect((await contents(store().messages, '@u2')).map(([, id]) => id)).toEqual(['m1', 'm3']);
      const progress = await Promise.all(['m1', 'm2', 'm3'].map((id) => store().jobs.find(jobRef(id))));
      expect(progress.map((job) => job?.position)).toEqual([10, 20, undefined]);
    });

    it('are won by one of two workers that take the same step', async () => {
      await send(withJob('m'));
      const workers = Array.from({ length: 6 }, (_, i) => `n${i}`);
      const race = async (from: number, to: number) =>
        kinds((await Promise.all(workers.map((owner) => send(page('m', from, to, ['@u1'], { owner }))))).flat());
      for (const from of [0, 10, 20])
        expect((await race(from, from + 10)).filter((kind) => kind === 'stored').length).toEqual(1);
      const twice = [page('m2', 0, 10, ['@u2']), page('m2', 0, 10, ['@u2'], { owner: 'n2' })];
      await send(withJob('m2'));
      expect(kinds(await send(...twice))).toEqual(['stored', 'duplicate']);
      expect([await headOf('@u1'), await headOf('@u2')]).toEqual([3, 1]);
    });

    it('move the lease on, for whoever took the step', async () => {
      await send(withJob('m'));
      await claimedIds(store().jobs, { leaseUntil: T0 + 10 });
      await send(page('m', 0, 10, ['@u1'], { leaseUntil: T0 + 50 }));
      expect(await claimedIds(store().jobs, { now: T0 + 49, owner: 'n2' })).toEqual([]);
      expect(await claimedIds(store().jobs, { now: T0 + 50, owner: 'n2', leaseUntil: T0 + 60 })).toEqual(['m']);
      await send(page('m', 10, 20, ['@u1'], { owner: 'n3', leaseUntil: T0 + 90 }));
      await store().jobs.finish(jobRef('m'), 'n2');
      expect((await store().jobs.find(jobRef('m')))?.position).toEqual(20);
      await store().jobs.finish(jobRef('m'), 'n3');
      expect(await store().jobs.find(jobRef('m'))).toEqual(undefined);
    });

    it('end with a recall: what has not joined its streams never does', async () => {
      await send(withJob('m'), page('m', 0, 10, ['@u1']));
      const outcome = await store().messages.recall(TENANT, 'm', T0 + 5);
      expect(outcome.kind === 'recalled' && outcome.places).toEqual([await place('@u1', 1)]);
      expect(kinds(await send(page('m', 10, 20, ['@u2'])))).toEqual(['duplicate']);
      expect(await headOf('@u2')).toEqual(0);
      expect((await store().jobs.find(jobRef('m')))?.position).toEqual(10);
    });

    it('that race with a recall are recalled too, or not written', async () => {
      for (let round = 0; round < 10; round++) {
        const [id, stream] = [`m${round}`, `@r${round}`];
        await send(withJob(id));
        const [written] = await Promise.all([send(page(id, 0, 10, [stream])), store().messages.recall(TENANT, id, T0)]);
        const places = written[0]?.kind === 'stored' ? [await place(stream, 1)] : [];
        const again = await store().messages.recall(TENANT, id, T0 + 1);
        expect(again.kind === 'recalled' && again.places).toEqual(places);
        const recalled = await store().messages.recalledSince([{ tenant: TENANT, stream }], 0);
        expect(recalled.map((one) => one.seq)).toEqual(places.map((one) => one.seq));
      }
    });

    it('keep their message from retention until they are done', async () => {
      const old = { acceptedBefore: T0 + 9, keepPerStream: 1000, limit: 1000, now: T0 };
      await send(withJob('m', {}, ['@u1']), append('x', ['@u1']));
      expect(await store().messages.trim(old)).toEqual(2);
      expect(await store().messages.find(TENANT, 'x')).toEqual(undefined);
      expect(await store().messages.find(TENANT, 'm')).toEqual({
        message: withJob('m').message,
        places: [],
        held: false,
      });
      expect(seqsOf(await appendOne(store().messages, page('m', 0, 30, ['@u1', '@u2'])))).toEqual([3, 1]);
      expect(await store().messages.trim(old)).toEqual(2);
      expect(await store().messages.find(TENANT, 'm')).toEqual(undefined);
    });

    it('of tenants are their own, whatever the ids', async () => {
      await send(withJob('m', { tenant: 'a' }), withJob('m', { tenant: 'b' }));
      expect(kinds(await send(page('m', 0, 30, ['@u'], { tenant: 'a' })))).toEqual(['stored']);
      expect(await store().jobs.find(jobRef('m', { tenant: 'b' }))).toEqual(newJob('m', { tenant: 'b' }));
      expect(await contents(store().messages, '@u', 'b')).toEqual([]);
    });

    it('take ten thousand streams', async () => {
      await send(withJob('m', { size: 10_000 }));
      const streams = Array.from({ length: 10_000 }, (_, i) => `@u${i}`);
      const places = placesOf(await appendOne(store().messages, page('m', 0, 10_000, streams)));
      expect(places.map(({ stream }) => stream)).toEqual(streams);
      expect(await contents(store().messages, '@u9999')).toEqual([[1, 'm']]);
    });
  });

  const place = async (stream: string, seq: number) => ({
    stream,
    epoch: (await store().messages.states([{ tenant: TENANT, stream }]))[0]?.epoch,
    seq,
  });
}
