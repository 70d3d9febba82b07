import type { TakeRequest } from '../../store/job-store.js';
import { claimedIds, jobRef, KIND, newJob, takenIds, takeOf, withJob } from './job-samples.js';
import type { StoreChapter } from './store-harness.js';
import { ODD_IDS, T0, TENANT } from './store-samples.js';

export function takeConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  const take = (over?: Partial<TakeRequest>) => takenIds(store().jobs, over);

  describe('jobs that are taken', () => {
    it('are due, of their kind, and say how often', async () => {
      await store().messages.append([withJob('m1', { dueAt: T0 + 5 }), withJob('m2', { kind: 'other' })]);
      expect(await take({ now: T0 + 4 })).toEqual([]);
      const [first] = await store().jobs.take(takeOf({ now: T0 + 5, leaseUntil: T0 + 9 }));
      expect(first).toEqual({ ...newJob('m1', { dueAt: T0 + 5 }), attempts: 1 });
      const [second] = await store().jobs.take(takeOf({ now: T0 + 9, owner: 'n2' }));
      expect([second?.id, second?.attempts]).toEqual(['m1', 2]);
      expect([await take({ kind: 'never' }), await take({ kind: 'other', limit: 0 })]).toEqual([[], []]);
      expect(await take({ kind: 'other' })).toEqual(['m2']);
    });

    it('do not wait for those before them', async () => {
      await store().messages.append([
        withJob('m1'),
        withJob('m2', { dueAt: T0 + 1 }),
        withJob('m3', { dueAt: T0 + 2 }),
      ]);
      expect(await take({ limit: 1 })).toEqual(['m1']);
      expect(await take({ now: T0 + 1, owner: 'n2' })).toEqual(['m2']);
      await store().jobs.postpone(jobRef('m1'), 'n1', T0 + 50);
      expect(await take({ now: T0 + 2, owner: 'n3' })).toEqual(['m3']);
      expect(await take({ now: T0 + 49 })).toEqual([]);
      expect(await take({ now: T0 + 50 })).toEqual(['m1']);
    });

    it('are the longest due of each tenant, in turns, so many of one at most', async () => {
      const many = Array.from({ length: 50 }, (_, i) => withJob(`a${i}`, { tenant: 'a', dueAt: T0 - 100 + i }));
      await store().messages.append([
        ...many,
        withJob('b1', { tenant: 'b', dueAt: T0 - 1 }),
        withJob('b0', { tenant: 'b', dueAt: T0 - 2 }),
        withJob('c0', { tenant: 'c', dueAt: T0 - 500 }),
        withJob('d0', { tenant: 'd', dueAt: T0 + 1 }),
      ]);
      expect((await take({ limit: 3, perTenant: 2 })).sort()).toEqual(['a0', 'b0', 'c0']);
      expect((await take({ limit: 5, perTenant: 3 })).sort()).toEqual(['a1', 'a2', 'a3', 'b1']);
      expect((await take({ limit: 2, perTenant: 9 })).sort()).toEqual(['a4', 'a5']);
    });

    it('are not those of tenants that are left out', async () => {
      const tenants = ['a', 'b', 'c', "d'%"];
      await store().messages.append(tenants.map((tenant, i) => withJob(`m-${tenant}`, { tenant, dueAt: T0 - i })));
      expect((await take({ without: ['a', "d'%", 'never'] })).sort()).toEqual(['m-b', 'm-c']);
      expect(await take({ without: ['a', "d'%"] })).toEqual([]);
      expect((await take({ without: [] })).sort()).toEqual(['m-a', "m-d'%"]);
    });

    it('of one tenant and time are taken in the order they were stored', async () => {
      await store().messages.append(['z', 'y', 'x'].map((id) => withJob(id)));
      expect((await take({ limit: 2 })).sort()).toEqual(['y', 'z']);
      expect(await take()).toEqual(['x']);
    });

    it('belong to whoever took them until the lease ends, also after a restart', async () => {
      await store().messages.append([withJob('m')]);
      expect(await take({ leaseUntil: T0 + 10 })).toEqual(['m']);
      await reopen();
      expect(await take({ now: T0 + 9, owner: 'n2' })).toEqual([]);
      expect(await claimedIds(store().jobs, { now: T0 + 9, owner: 'n2' })).toEqual([]);
      expect(await take({ now: T0 + 10, owner: 'n2' })).toEqual(['m']);
      await store().jobs.finish(jobRef('m'), 'n1');
      expect(await store().jobs.pending(KIND)).toEqual(1);
      await store().jobs.finish(jobRef('m'), 'n2');
      expect(await store().jobs.pending(KIND)).toEqual(0);
    });

    it('are never taken by two at once', async () => {
      const jobs = Array.from({ length: 60 }, (_, i) => withJob(`m${i}`, { tenant: `t${i % 3}`, dueAt: T0 - i }));
      await store().messages.append(jobs);
      const owners = Array.from({ length: 8 }, (_, i) => `n${i}`);
      const taken: string[] = [];
      for (let round = 0; round < 100 && taken.length < jobs.length; round++) {
        const answers = await Promise.all(owners.map((owner) => take({ owner, limit: 4, perTenant: 2 })));
        taken.push(...answers.flat());
      }
      expect([taken.length, new Set(taken).size]).toEqual([jobs.length, jobs.length]);
    });

    it('are not those that are dead', async () => {
      await store().messages.append([withJob('m')]);
      await take();
      await store().jobs.bury(jobRef('m'), 'n1', 'broken', T0);
      expect(await take({ now: T0 + 1000 })).toEqual([]);
    });

    it('are told apart by odd ids', async () => {
      await store().messages.append(
        ODD_IDS.flatMap((id) => [withJob(id, { tenant: id }), withJob('same', { tenant: id })]),
      );
      const taken = await store().jobs.take(takeOf({ limit: 100, perTenant: 1, owner: "o'%" }));
      expect(taken.map((job) => `${job.tenant} ${job.id}`).sort()).toEqual(ODD_IDS.map((id) => `${id} ${id}`).sort());
    });
  });

  describe('jobs that are hastened', () => {
    it('are due at that time where they would have been later', async () => {
      await store().messages.append([withJob('m1', { dueAt: T0 + 50 }), withJob('m2', { dueAt: T0 + 5 })]);
      await store().messages.append([withJob('m1', { dueAt: T0 + 50, tenant: 'b' })]);
      await store().messages.append([withJob('m3', { dueAt: T0 + 50 })]);
      await store().jobs.hasten([jobRef('m1'), jobRef('m2'), jobRef('never'), jobRef('m3', { kind: 'x' })], T0 + 10);
      const due = async (id: string, tenant = TENANT) => (await store().jobs.find(jobRef(id, { tenant })))?.dueAt;
      expect([await due('m1'), await due('m2'), await due('m3'), await due('m1', 'b')]).toEqual([
        T0 + 10,
        T0 + 5,
        T0 + 50,
        T0 + 50,
      ]);
      expect(await take({ now: T0 + 9 })).toEqual(['m2']);
      expect(await take({ now: T0 + 10 })).toEqual(['m1']);
      expect(await store().jobs.find(jobRef('never'))).toEqual(undefined);
      await store().jobs.hasten([], T0);
    });

    it('are left as they are while somebody holds them', async () => {
      await store().messages.append([withJob('m')]);
      await take({ leaseUntil: T0 + 50 });
      await store().jobs.hasten([jobRef('m')], T0 - 5);
      expect((await store().jobs.find(jobRef('m')))?.dueAt).toEqual(T0);
      expect(await take({ now: T0 + 49, owner: 'n2' })).toEqual([]);
      await store().jobs.finish(jobRef('m'), 'n1');
      expect(await store().jobs.pending(KIND)).toEqual(0);
    });

    it('are due then when they were postponed, too', async () => {
      await store().messages.append([withJob('m1'), withJob('m2', { tenant: 'b' })]);
      await take();
      await store().jobs.postpone(jobRef('m1'), 'n1', T0 + 90);
      await store().jobs.postpone(jobRef('m2', { tenant: 'b' }), 'n1', T0 + 20);
      await store().jobs.hasten([jobRef('m1'), jobRef('m2', { tenant: 'b' })], T0 + 30);
      expect(await take({ now: T0 + 20, owner: 'n2' })).toEqual(['m2']);
      expect(await take({ now: T0 + 29, owner: 'n2' })).toEqual([]);
      expect(await take({ now: T0 + 30, owner: 'n2' })).toEqual(['m1']);
    });

    it('stay dead', async () => {
      await store().messages.append([withJob('m')]);
      await take();
      await store().jobs.bury(jobRef('m'), 'n1', 'broken', T0);
      await store().jobs.hasten([jobRef('m')], T0 - 50);
      expect(await take({ now: T0 + 1000 })).toEqual([]);
      expect((await store().jobs.dead(TENANT, KIND, 9)).map((job) => job.dueAt)).toEqual([T0]);
    });
  });

  describe('jobs that are finished together', () => {
    it('are gone, where their owner holds them', async () => {
      await store().messages.append([withJob('m1'), withJob('m2'), withJob('m3'), withJob('m1', { tenant: 'b' })]);
      expect((await take({ limit: 2, perTenant: 1 })).sort()).toEqual(['m1', 'm1']);
      expect(await take({ limit: 1, owner: 'n2' })).toEqual(['m2']);
      const refs = [jobRef('m1'), jobRef('m2'), jobRef('m3'), jobRef('never'), jobRef('m1', { kind: 'other' })];
      await store().jobs.finishAll(refs, 'n1');
      await store().jobs.finishAll([], 'n1');
      const left = await Promise.all(['m1', 'm2', 'm3'].map((id) => store().jobs.find(jobRef(id))));
      expect(left.map((job) => job?.id)).toEqual([undefined, 'm2', 'm3']);
      expect((await store().jobs.find(jobRef('m1', { tenant: 'b' })))?.id).toEqual('m1');
      expect(await store().jobs.pending(KIND)).toEqual(3);
      expect(await store().jobs.dead(TENANT, KIND, 9)).toEqual([]);
    });

    it('can be a thousand', async () => {
      const ids = Array.from({ length: 1000 }, (_, i) => `m${i}`);
      await store().messages.append(ids.map((id) => withJob(id)));
      await take({ limit: 1000, perTenant: 1000 });
      await store().jobs.finishAll(
        ids.map((id) => jobRef(id)),
        'n1',
      );
      expect(await store().jobs.pending(KIND)).toEqual(0);
    });
  });

  describe('jobs about a message', () => {
    it('stay when it is recalled, until they are finished', async () => {
      await store().messages.append([withJob('m1', { kind: 'offline' }, ['room'])]);
      const held = { ...withJob('m2', { kind: 'offline' }, ['room']), when: 'hold' as const };
      await store().messages.append([held]);
      await store().messages.recall(TENANT, 'm1', T0);
      await store().messages.recall(TENANT, 'm2', T0);
      const own = { kind: 'offline' };
      expect((await take(own)).sort()).toEqual(['m1', 'm2']);
      await store().jobs.finishAll([jobRef('m1', own), jobRef('m2', own)], 'n1');
      expect(await store().jobs.pending('offline')).toEqual(0);
    });

    it('keep it from being removed by retention, as long as they are not done', async () => {
      const jobs = [newJob('m', { kind: 'offline' }), newJob('m', { kind: 'other' })];
      await store().messages.append([{ ...withJob('m', {}, ['room']), job: undefined, jobs }]);
      const old = { acceptedBefore: T0 + 1, keepPerStream: 9, limit: 9, now: T0 };
      expect(await store().messages.trim(old)).toEqual(1);
      expect((await store().messages.find(TENANT, 'm'))?.places).toEqual([]);
      for (const kind of ['offline', 'other']) {
        expect((await store().messages.find(TENANT, 'm'))?.message.id).toEqual('m');
        await take({ kind });
        await store().jobs.finish(jobRef('m', { kind }), 'n1');
        await store().messages.trim(old);
      }
      expect(await store().messages.find(TENANT, 'm')).toEqual(undefined);
    });
  });
}
