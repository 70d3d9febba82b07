import type { ClaimRequest } from '../../store/job-store.js';
import { claimedIds, claimOf, jobRef, KIND, newJob, page, withJob } from './job-samples.js';
import type { StoreChapter } from './store-harness.js';
import { append, contents, ODD_IDS, T0, TENANT, withKey } from './store-samples.js';

export function jobConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  const claim = (over?: Partial<ClaimRequest>) => claimedIds(store().jobs, over);

  describe('jobs', () => {
    it('are stored with the message, whatever becomes of it, and found as they were given, also after a restart', async () => {
      const held = { ...withJob('h'), when: 'hold' as const };
      await store().messages.append([withJob('m', { position: 2, payload: '{"漢":"👍"}' }, ['a', 'b']), held]);
      await reopen();
      const stored = newJob('m', { position: 2, payload: '{"漢":"👍"}' });
      expect(await store().jobs.find(jobRef('m'))).toEqual(stored);
      expect(Object.keys((await store().jobs.find(jobRef('m'))) ?? {}).sort()).toEqual(Object.keys(stored).sort());
      expect(await store().jobs.find(jobRef('h'))).toEqual(newJob('h'));
      expect(await contents(store().messages, 'b')).toEqual([[1, 'm']]);
      expect(await store().jobs.pending(KIND)).toEqual(2);
      expect(await store().jobs.find(jobRef('m', { kind: 'other' }))).toEqual(undefined);
      expect(await store().jobs.find(jobRef('m', { tenant: 'other' }))).toEqual(undefined);
      expect(await store().jobs.find(jobRef('never'))).toEqual(undefined);
    });

    it('are stored with a release', async () => {
      const held = { ...append('m', ['room'], { dueAt: T0 }), when: 'hold' as const };
      await store().messages.append([held]);
      const release = { ...held, when: 'release' as const, job: newJob('m') };
      const outcomes = await store().messages.append([release, { ...release, job: newJob('m', { kind: 'again' }) }]);
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(['stored', 'duplicate']);
      expect([await store().jobs.pending(KIND), await store().jobs.pending('again')]).toEqual([1, 0]);
    });

    it('are not stored with a message that is not', async () => {
      await store().messages.append([withKey(append('m1', ['room']), 'k', 'f')]);
      const outcomes = await store().messages.append([
        withKey(withJob('m2'), 'k', 'f'),
        withKey(withJob('m3'), 'k', 'g'),
        withJob('m1'),
        withKey(withJob('m4'), 'l', 'f'),
        withKey(withJob('m5'), 'l', 'f'),
        { ...withJob('m6'), when: 'release' },
      ]);
      const kinds = ['duplicate', 'conflict', 'duplicate', 'stored', 'duplicate', 'duplicate'];
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(kinds);
      expect(await claim()).toEqual(['m4']);
      expect(await store().jobs.pending(KIND)).toEqual(1);
    });

    it('are claimed once due, of their kind, and say how often', async () => {
      await store().messages.append([
        withJob('m1', { dueAt: T0 + 5, position: 10 }),
        withJob('m2', { kind: 'other', tenant: 'b' }),
      ]);
      expect(await claim({ now: T0 + 4 })).toEqual([]);
      const [first] = await store().jobs.claim(claimOf({ now: T0 + 5, leaseUntil: T0 + 9 }));
      expect(first).toEqual({ ...newJob('m1', { dueAt: T0 + 5, position: 10 }), attempts: 1 });
      const [second] = await store().jobs.claim(claimOf({ now: T0 + 9, owner: 'n2' }));
      expect([second?.id, second?.attempts]).toEqual(['m1', 2]);
      expect(await claim({ kind: 'never' })).toEqual([]);
      expect(await claim({ limit: 0, kind: 'other' })).toEqual([]);
      expect(await claim({ kind: 'other' })).toEqual(['m2']);
    });

    it('are claimed one a tenant, what is due longest first, other than of the tenants left out', async () => {
      await store().messages.append([
        withJob('a1', { tenant: 'a', dueAt: T0 - 1 }),
        withJob('a2', { tenant: 'a', dueAt: T0 - 9 }),
        withJob('b1', { tenant: 'b', dueAt: T0 - 5 }),
        withJob('c1', { tenant: 'c', dueAt: T0 - 7 }),
        withJob('d1', { tenant: 'd', dueAt: T0 + 1 }),
      ]);
      expect((await claim({ limit: 2, busy: ['c'] })).sort()).toEqual(['a2', 'b1']);
      expect(await claim({ busy: ['a', 'b'], owner: 'n2' })).toEqual(['c1']);
      expect(await claim({ busy: ['a', 'b', 'c', "o'%"] })).toEqual([]);
      // While one is held, the tenant's others wait for it.
      expect(await claim({ owner: 'n2' })).toEqual([]);
      await store().jobs.finish(jobRef('a2', { tenant: 'a' }), 'n1');
      expect(await claim({ owner: 'n2' })).toEqual(['a1']);
    });

    it('of one tenant are claimed in the order they were stored, and keep their place when they are postponed', async () => {
      await store().messages.append([withJob('z'), withJob('y')]);
      await store().messages.append([withJob('x')]);
      expect(await claim()).toEqual(['z']);
      await store().jobs.postpone(jobRef('z'), 'n1', T0 + 50);
      expect(await claim({ now: T0 + 49, owner: 'n2' })).toEqual([]);
      expect(await claim({ now: T0 + 50, owner: 'n2' })).toEqual(['z']);
      for (const [id, next] of [
        ['z', 'y'],
        ['y', 'x'],
      ] as const) {
        await store().jobs.finish(jobRef(id), 'n2');
        expect(await claim({ owner: 'n2' })).toEqual([next]);
      }
    });

    it('of one tenant are not kept waiting by a thousand of another', async () => {
      const many = Array.from({ length: 1000 }, (_, i) => withJob(`a${i}`, { tenant: 'a', dueAt: T0 - 2000 + i }));
      await store().messages.append([...many, withJob('b', { tenant: 'b' })]);
      expect((await claim({ limit: 2 })).sort()).toEqual(['a0', 'b']);
    });

    it('belong to whoever claimed them until the lease ends', async () => {
      await store().messages.append([withJob('m')]);
      expect(await claim({ leaseUntil: T0 + 10 })).toEqual(['m']);
      await reopen();
      expect(await claim({ now: T0 + 9, owner: 'n2' })).toEqual([]);
      expect(await claim({ now: T0 + 9 })).toEqual([]);
      expect(await claim({ now: T0 + 10, owner: 'n2', leaseUntil: T0 + 20 })).toEqual(['m']);
      expect(await claim({ now: T0 + 19, owner: 'n3' })).toEqual([]);
    });

    it('are never claimed by two at once', async () => {
      const jobs = Array.from({ length: 40 }, (_, i) => withJob(`m${i}`, { tenant: `t${i % 8}` }));
      await store().messages.append(jobs);
      const owners = Array.from({ length: 8 }, (_, i) => `n${i}`);
      const claimed: string[] = [];
      for (let round = 0; round < 100 && claimed.length < jobs.length; round++) {
        const byOwner = await Promise.all(
          owners.map((owner) =>
            store()
              .jobs.claim(claimOf({ owner, limit: 3 }))
              .then((some) => ({ owner, some })),
          ),
        );
        for (const { owner, some } of byOwner) {
          for (const job of some) {
            claimed.push(job.id);
            await store().jobs.finish(job, owner);
          }
        }
      }
      expect([claimed.length, new Set(claimed).size]).toEqual([jobs.length, jobs.length]);
    });

    it('that are postponed are due again later, for anybody', async () => {
      await store().messages.append([withJob('m')]);
      await claim();
      await store().jobs.postpone(jobRef('m'), 'n1', T0 + 50);
      expect(await claim({ now: T0 + 49, owner: 'n2' })).toEqual([]);
      const [again] = await store().jobs.claim(claimOf({ now: T0 + 50, owner: 'n2' }));
      expect([again?.id, again?.attempts]).toEqual(['m', 2]);
    });

    it('that are finished are gone', async () => {
      await store().messages.append([withJob('m', { tenant: 'a' }), withJob('m', { tenant: 'b' })]);
      await claim();
      await store().jobs.finish(jobRef('m', { tenant: 'a' }), 'n1');
      expect(await store().jobs.find(jobRef('m', { tenant: 'a' }))).toEqual(undefined);
      expect(await store().jobs.find(jobRef('m', { tenant: 'b' }))).toEqual(newJob('m', { tenant: 'b' }));
      expect(await claim({ now: T0 + 100 })).toEqual(['m']);
      expect(await store().jobs.dead('a', KIND, 9)).toEqual([]);
    });

    it('are postponed, finished and buried by whoever holds them, and nobody else', async () => {
      await store().messages.append([withJob('m')]);
      const { jobs } = store();
      const meddle = async (owner: string) => {
        await jobs.postpone(jobRef('m'), owner, T0 - 100);
        await jobs.bury(jobRef('m'), owner, 'broken', T0);
        await jobs.finish(jobRef('m'), owner);
      };
      await meddle('n1');
      await claim({ leaseUntil: T0 + 10 });
      await meddle('n2');
      expect(await claim({ now: T0 + 10, owner: 'n2' })).toEqual(['m']);
      await meddle('n1');
      await jobs.postpone(jobRef('m'), 'n2', T0 + 200);
      await meddle('n2');
      expect(await jobs.find(jobRef('m'))).toEqual(newJob('m'));
      await meddle('n1');
      expect([await jobs.pending(KIND), await jobs.dead(TENANT, KIND, 9)]).toEqual([1, []]);
    });

    it('that are dead are kept apart with the reason, those that died last first, also after a restart', async () => {
      await store().messages.append(['m1', 'm2', 'm3'].map((id, i) => withJob(id, { dueAt: T0 + i })));
      for (const [id, diedAt] of [['m1', T0 + 7] as const, ['m2', T0 + 9] as const, ['m3', T0 + 8] as const]) {
        expect(await claim({ now: T0 + 5 })).toEqual([id]);
        await store().jobs.bury(jobRef(id), 'n1', `it's ${id}`, diedAt);
      }
      await reopen();
      const dead = async (limit: number, kind = KIND, tenant = TENANT) =>
        (await store().jobs.dead(tenant, kind, limit)).map((job) => job.id);
      expect(await dead(9)).toEqual(['m2', 'm3', 'm1']);
      expect(await dead(2)).toEqual(['m2', 'm3']);
      expect([await dead(9, 'other'), await dead(9, KIND, 'other')]).toEqual([[], []]);
      expect((await store().jobs.dead(TENANT, KIND, 1))[0]).toEqual({
        ...newJob('m2', { dueAt: T0 + 1 }),
        attempts: 1,
        reason: "it's m2",
        diedAt: T0 + 9,
      });
      expect(await claim({ now: T0 + 1_000_000 })).toEqual([]);
      expect(await store().jobs.find(jobRef('m2'))).toEqual(undefined);
      expect(await store().jobs.pending(KIND)).toEqual(0);
      const [late] = await store().messages.append([page('m2', 0, 10, ['room'])]);
      expect(late?.kind).toEqual('duplicate');
    });

    it('are told apart by odd ids, and taken a thousand at once', async () => {
      await store().messages.append(ODD_IDS.map((id) => withJob(id, { tenant: id, kind: 'odd' })));
      const claimed = await store().jobs.claim(claimOf({ kind: 'odd', limit: 100, owner: "o'%" }));
      expect(claimed.map((job) => job.id).sort()).toEqual([...ODD_IDS].sort());
      for (const id of ODD_IDS.slice(1)) await store().jobs.finish({ tenant: id, kind: 'odd', id }, "o'%");
      const [left = ''] = ODD_IDS;
      expect(await store().jobs.pending('odd')).toEqual(1);
      expect((await store().jobs.find({ tenant: left, kind: 'odd', id: left }))?.id).toEqual(left);
    });
  });
}
