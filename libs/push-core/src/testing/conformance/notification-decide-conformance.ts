import type { NotificationRow } from '../../store/notification-store.js';
import { jobRef, newJob } from './job-samples.js';
import { keyOf, nameOf, OFFLINE, OWNER, row, stepOf, takeAs, takenJobs } from './notification-samples.js';
import type { StoreChapter } from './store-harness.js';
import { ODD_IDS, T0, TENANT } from './store-samples.js';

export function notificationDecideConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  const decide = async (...steps: Parameters<typeof stepOf>[]) =>
    (
      await store().notifications.decide(
        steps.map((step) => stepOf(...step)),
        T0,
      )
    ).map((keys) => keys?.map(nameOf));
  const stored = (messageId: string, tenant = TENANT) => store().notifications.find(tenant, messageId, { limit: 1000 });
  const jobOf = (id: string) => store().jobs.find(jobRef(id, { kind: OFFLINE }));

  describe('decisions', () => {
    it('are stored field by field, also after a restart', async () => {
      await takenJobs(store(), ['m']);
      const full = row(['m', 'u', 'd1'], {
        attempts: 3,
        unknown: 1,
        providerId: "p'1",
        reason: 'throttled',
        stream: 'room',
        seq: 77,
        thread: 'thread 7 漢👍',
        shownAt: T0 + 1,
        openedAt: T0 + 2,
        retractedAt: T0 + 3,
        covers: 5,
      });
      const waiting = row(['m', 'u', 'd2'], { state: 'waiting', dueAt: T0 + 50 });
      const ofUser = row(['m', 'u', ''], { state: 'suppressed', reason: 'no_device' });
      expect(await decide(['m', [full, waiting, ofUser]])).toEqual([['m u d1', 'm u d2', 'm u ']]);
      await reopen();
      const found = await stored('m');
      expect(found).toEqual([ofUser, full, waiting]);
      const fields = (rows: readonly NotificationRow[]) => rows.map((one) => Object.keys(one).sort());
      expect(fields(found)).toEqual(fields([ofUser, full, waiting]));
    });

    it('date their rows, and keep an owner only of what is being sent', async () => {
      await takenJobs(store(), ['m']);
      const rows = [
        row(['m', 'u', 'a'], { state: 'accepted', owner: OWNER }),
        row(['m', 'u', 'b'], { state: 'waiting', owner: OWNER }),
        row(['m', 'u', 'c'], { createdAt: T0 - 9 }),
      ];
      await store().notifications.decide([stepOf('m', rows)], T0 + 7);
      const found = (await stored('m')).map((one) => [one.owner, one.createdAt, one.updatedAt]);
      expect(found).toEqual([
        [undefined, T0, T0 + 7],
        [undefined, T0, T0 + 7],
        [OWNER, T0 - 9, T0 + 7],
      ]);
    });

    it('end their job, go on with it, or give it back', async () => {
      await takenJobs(store(), ['done', 'more', 'later']);
      const outcomes = await decide(
        ['done', [row(['done', 'u', 'd'])]],
        ['more', [row(['more', 'u', 'd'])], { payload: '{"after":"ü"}', leaseUntil: T0 + 500 }],
        ['later', [], { payload: '{"after":"v"}', release: { dueAt: T0 + 40 } }],
      );
      expect(outcomes).toEqual([['done u d'], ['more u d'], []]);
      expect(await jobOf('done')).toEqual(undefined);
      expect(await jobOf('more')).toEqual(newJob('more', { kind: OFFLINE, payload: '{"after":"ü"}' }));
      expect((await jobOf('later'))?.payload).toEqual('{"after":"v"}');
      expect(await takeAs(store(), 'n2', T0 + 39)).toEqual([]);
      expect(await takeAs(store(), 'n2', T0 + 40)).toEqual(['later']);
      expect(await takeAs(store(), 'n3', T0 + 499)).toEqual(['later']);
      expect(await takeAs(store(), 'n4', T0 + 500)).toEqual(['more']);
    });

    it('of whoever does not hold the job any more change nothing', async () => {
      await takenJobs(store(), ['m1', 'm2']);
      expect(await takeAs(store(), 'n2', T0 + 100)).toEqual(['m1', 'm2']);
      await store().jobs.finish(jobRef('m2', { kind: OFFLINE }), 'n2');
      const outcomes = await decide(
        ['m1', [row(['m1', 'u', 'd'])]],
        ['m2', [row(['m2', 'u', 'd'])], { owner: 'n2' }],
        ['never', [row(['never', 'u', 'd'])]],
        ['m1', [row(['m1', 'u', 'e'])], { owner: 'n2', payload: 'on' }],
      );
      expect(outcomes).toEqual([undefined, undefined, undefined, ['m1 u e']]);
      expect((await stored('m1')).map(nameOf)).toEqual(['m1 u e']);
      expect([await stored('m2'), await stored('never')]).toEqual([[], []]);
      expect((await jobOf('m1'))?.payload).toEqual('on');
    });

    it('that were given back are nobody’s', async () => {
      await takenJobs(store(), ['m']);
      await decide(['m', [], { payload: 'x', release: { dueAt: T0 } }]);
      expect(await decide(['m', [row(['m', 'u', 'd'])]])).toEqual([undefined]);
    });

    it('leave rows that are there already as they are', async () => {
      await takenJobs(store(), ['m']);
      await decide(['m', [row(['m', 'u', 'd1'], { state: 'accepted' })], { payload: 'on' }]);
      const again = [row(['m', 'u', 'd1'], { attempts: 9 }), row(['m', 'u', 'd2'])];
      expect(await decide(['m', again])).toEqual([['m u d2']]);
      expect((await stored('m')).map((one) => [one.device, one.state, one.attempts])).toEqual([
        ['d1', 'accepted', 1],
        ['d2', 'sending', 1],
      ]);
    });

    it('of two who hold the job one after the other are made once', async () => {
      await takenJobs(store(), ['m']);
      await takeAs(store(), 'n2', T0 + 100);
      const outcomes = await Promise.all(
        ['n1', 'n2', 'n1', 'n2'].map((owner) =>
          store().notifications.decide([stepOf('m', [row(['m', 'u', 'd'], { owner })], { owner })], T0),
        ),
      );
      expect(outcomes.flat().filter((keys) => keys !== undefined).length).toEqual(1);
      expect((await stored('m')).map((one) => one.owner)).toEqual(['n2']);
    });

    it('are told apart by odd ids, and by tenant', async () => {
      await takenJobs(store(), ODD_IDS);
      await takenJobs(store(), ['0'], 'other');
      const odd = ODD_IDS.map((id) => row([id, id, id], { thread: id, stream: `@${id}` }));
      await decide(...odd.map((one): Parameters<typeof stepOf> => [one.messageId, [one]]), [
        '0',
        [row(['0', '0', '0'], { tenant: 'other', seq: 5 })],
      ]);
      for (const one of odd) expect(await stored(one.messageId)).toEqual([one]);
      expect((await stored('0', 'other')).map((one) => one.seq)).toEqual([5]);
    });

    it('take a thousand rows in one step, and none', async () => {
      expect(await store().notifications.decide([], T0)).toEqual([]);
      await takenJobs(store(), ['m']);
      const rows = Array.from({ length: 1000 }, (_, i) => row(['m', `u${i}`, 'd']));
      const [keys] = await store().notifications.decide([stepOf('m', rows)], T0);
      expect(keys).toEqual(rows.map((one) => keyOf(['m', one.user, 'd'])));
      expect((await stored('m')).length).toEqual(1000);
    });
  });
}
