import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AppendRequest, ClaimRequest, JobStep, NewJob, NotificationRow } from 'push-core';
import { createTypeOrmStore, type TypeOrmStore } from './index.js';
import { describeOpening, type SharedDatabase } from './stores-opening.fixture.js';

export const NOW = 1_760_000_000_000;
const tenant = 't';

export const append = (id: string, streams: readonly string[], more: Partial<AppendRequest> = {}): AppendRequest => ({
  message: { tenant, id, type: 'x', data: '1', to: { all: true }, options: {}, acceptedAt: NOW, expiresAt: NOW * 2 },
  targets: streams.map((stream) => ({ stream })),
  when: 'now',
  ...more,
});

const LEASE = { leaseUntil: NOW + 60_000, limit: 12, perTenant: 5 };

const notification = (one: string, messageId: string, device: string, owner: string): NotificationRow => ({
  ...{
    tenant: one,
    messageId,
    user: 'u',
    device,
    state: 'sending',
    dueAt: NOW + 60_000,
    attempts: 1,
    unknown: 0,
    owner,
  },
  ...{ provider: 'apns', notificationId: `${messageId} ${device}`, stream: '@u', seq: 1 },
  ...{ createdAt: NOW, updatedAt: NOW, covers: 1 },
});

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** The same choices in every run. */
function chooser(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What several stores on one database owe one another, with every statement of theirs interleaved as the server likes. */
export function describeStoresAtOnce(product: string, make: () => Promise<SharedDatabase>): void {
  describeTwoStores(product, make);
  describeOpening(product, make);
}

function describeTwoStores(product: string, make: () => Promise<SharedDatabase>): void {
  describe(`Two stores on one ${product}`, () => {
    let database: SharedDatabase;
    let stores: TypeOrmStore[];
    const store = (i: number): TypeOrmStore => stores[i % 2] as TypeOrmStore;
    const open = async (): Promise<TypeOrmStore> => {
      const one = createTypeOrmStore(
        { url: database.url },
        { connections: 6, deadlineMs: 30_000, lockTimeoutMs: 20_000 },
      );
      await one.open();
      return one;
    };

    beforeEach(async () => {
      database = await make();
      stores = await Promise.all([open(), open()]);
    });
    afterEach(async () => {
      for (const one of stores) await one.close();
      await database.remove();
    });

    it('number the streams of eight writers without a gap, whatever streams they share', async () => {
      const streams = times(12, (i) => `room${i}`);
      const placed = new Map(streams.map((name) => [name, new Map<number, string>()]));
      await Promise.all(
        times(8, async (writer) => {
          const choose = chooser(writer + 1);
          for (let round = 0; round < 25; round++) {
            const batch = times(1 + choose(4), (i) => {
              const chosen = new Set(times(1 + choose(8), () => streams[choose(streams.length)] as string));
              return append(`w${writer}-${round}-${i}`, [...chosen]);
            });
            const outcomes = await store(writer).messages.append(batch);
            outcomes.forEach((outcome, i) => {
              if (outcome.kind !== 'stored') throw new Error(`not stored: ${outcome.kind}`);
              for (const { stream, seq } of outcome.places)
                placed.get(stream)?.set(seq, batch[i]?.message.id as string);
            });
          }
        }),
      );
      const pages = await store(0).messages.read(
        streams.map((stream) => ({ tenant, stream, after: 0, limit: 10_000 })),
      );
      pages.forEach(({ head, entries }, i) => {
        const expected = placed.get(streams[i] as string) as Map<number, string>;
        expect(entries.map(({ seq }) => seq)).toEqual(times(expected.size, (n) => n + 1));
        expect(head).toBe(expected.size);
        for (const { seq, message } of entries) expect(message.id).toBe(expected.get(seq));
      });
      expect(pages.reduce((sum, { head }) => sum + head, 0)).toBeGreaterThan(1000);
    });

    it('make new streams at once, without a deadlock that shows', async () => {
      for (let round = 0; round < 6; round++) {
        const streams = times(30, (i) => `r${round}-${i}`);
        const outcomes = await Promise.all(
          times(8, (i) =>
            store(i).messages.append([append(`m${round}-${i}`, i % 2 ? streams : [...streams].reverse())]),
          ),
        );
        for (const [outcome] of outcomes) expect(outcome?.kind).toBe('stored');
        const states = await store(0).messages.states(streams.map((stream) => ({ tenant, stream })));
        expect(states.map(({ head }) => head)).toEqual(streams.map(() => 8));
      }
    });

    it('count an idempotency key that both use at once a single time', async () => {
      for (let round = 0; round < 10; round++) {
        const idempotency = { key: `k${round}`, fingerprint: 'f', keepUntil: NOW };
        const outcomes = await Promise.all(
          times(8, async (i) => {
            const [outcome] = await store(i).messages.append([append(`m${round}-${i}`, ['room'], { idempotency })]);
            return outcome;
          }),
        );
        const stored = outcomes.filter((one) => one?.kind === 'stored');
        const ids = new Set(outcomes.flatMap((one) => (one?.kind === 'duplicate' ? [one.id] : [])));
        expect([stored.length, ids.size]).toEqual([1, 1]);
      }
      expect((await store(1).messages.states([{ tenant, stream: 'room' }]))[0]?.head).toBe(10);
    });

    it('store a message that both are given at once a single time', async () => {
      const kinds = await Promise.all(
        times(12, async (i) => (await store(i).messages.append([append('same', ['room', `own${i}`])]))[0]?.kind),
      );
      expect(kinds.filter((kind) => kind === 'stored').length).toBe(1);
      expect((await store(0).messages.states([{ tenant, stream: 'room' }]))[0]?.head).toBe(1);
    });

    it('claim different jobs, each once', async () => {
      const jobs = times(60, (i): NewJob => {
        return { tenant: `t${i % 20}`, kind: 'fan-out', id: `m${i}`, payload: '{}', position: 0, size: 1, dueAt: NOW };
      });
      await store(0).messages.append(jobs.map((job) => ({ ...append(job.id, []), job })));
      const claim = (owner: string): ClaimRequest => {
        return { kind: 'fan-out', owner, now: NOW, leaseUntil: NOW + 60_000, limit: 7, busy: [] };
      };
      const claimed: string[] = [];
      while (claimed.length < jobs.length) {
        const rounds = await Promise.all(times(4, (i) => store(i).jobs.claim(claim(`owner${i}`))));
        // One a tenant, whoever claims: its next one waits until that is done.
        expect(new Set(rounds.flat().map((job) => job.tenant)).size).toBe(rounds.flat().length);
        claimed.push(...rounds.flat().map((job) => `${job.tenant} ${job.id}`));
        expect(rounds.flat().length).toBeGreaterThan(0);
        await Promise.all(rounds.flatMap((round, i) => round.map((job) => store(i).jobs.finish(job, `owner${i}`))));
      }
      expect(new Set(claimed).size).toBe(jobs.length);
      expect(await store(0).jobs.claim(claim('late'))).toEqual([]);
    });

    it('take jobs and decide about them, each once, while others are hastened', async () => {
      const jobs = times(120, (i): NewJob => {
        return {
          ...{ tenant: `t${i % 3}`, kind: 'offline', id: `m${i}` },
          payload: '',
          position: 0,
          size: 1,
          dueAt: NOW,
        };
      });
      await store(0).messages.append(jobs.map((job) => ({ ...append(job.id, []), jobs: [job] })));
      const work = async (i: number): Promise<readonly string[]> => {
        const owner = `n${i}`;
        const taken = await store(i).jobs.take({ kind: 'offline', owner, now: NOW, ...LEASE });
        const steps = taken.map((job) => ({
          ...{ job, owner, payload: undefined, leaseUntil: NOW },
          rows: times(3, (n) => notification(job.tenant, job.id, `d${n}`, owner)),
        }));
        const [decided] = await Promise.all([
          store(i).notifications.decide(i % 2 ? [...steps].reverse() : steps, NOW),
          store(i).jobs.hasten(i % 2 ? [...jobs].reverse() : jobs, NOW),
        ]);
        return decided.flatMap((keys) => keys?.map((key) => `${key.messageId} ${key.device}`) ?? ['lost']);
      };
      const decided: string[] = [];
      for (let round = 0; round < 50 && decided.length < 360; round++)
        decided.push(...(await Promise.all(times(6, work))).flat());
      expect([decided.length, new Set(decided).size, decided.includes('lost')]).toEqual([360, 360, false]);
      expect(await store(1).jobs.pending('offline')).toBe(0);
    });

    it('claim, settle and mark notifications at once, each once', async () => {
      const job: NewJob = { tenant, kind: 'offline', id: 'm', payload: '', position: 0, size: 1, dueAt: NOW };
      await store(0).messages.append([{ ...append('m', []), jobs: [job] }]);
      await store(0).jobs.take({ kind: 'offline', owner: 'n', now: NOW, ...LEASE });
      const rows = times(300, (i) => ({ ...notification(tenant, 'm', `d${i}`, 'n'), dueAt: NOW }));
      await store(0).notifications.decide([{ job, owner: 'n', payload: undefined, leaseUntil: NOW, rows }], NOW);
      const marks = rows.map(({ device }) => ({ tenant, messageId: 'm', user: 'u', device, shownAt: NOW }));
      const settled: string[] = [];
      const work = async (i: number): Promise<void> => {
        const claimed = await store(i).notifications.claim({ owner: `n${i}`, now: NOW, ...LEASE });
        const results = claimed.map((row) => ({ ...row, state: 'accepted' as const }));
        const [done] = await Promise.all([
          store(i).notifications.settle(i % 2 ? results : [...results].reverse(), `n${i}`, NOW),
          store(i).notifications.mark(i % 2 ? [...marks].reverse() : marks),
        ]);
        expect(done.every(Boolean)).toBe(true);
        settled.push(...claimed.map(({ device }) => device));
      };
      for (let round = 0; round < 60 && settled.length < 300; round++) await Promise.all(times(6, work));
      expect([settled.length, new Set(settled).size]).toEqual([300, 300]);
      const left = await store(1).notifications.find(tenant, 'm', { limit: 1000 });
      expect(left.map(({ state, attempts, unknown }) => [state, attempts, unknown])).toEqual(
        times(300, () => ['accepted', 2, 1]),
      );
    });

    it('give a token to one device, and tell it from whom, however many put it at once', async () => {
      const names = times(8, (i) => `x${i}`);
      for (let round = 0; round < 8; round++) {
        const put = async (i: number) => {
          const tokens = (i % 2 ? [...names].reverse() : names).map((token) => ({ provider: 'apns', token }));
          const device = { tenant, user: `u${i}`, device: 'd', platform: 'ios', registeredAt: NOW, updatedAt: NOW };
          return store(i).devices.put({ ...device, tokens: i === 5 ? [] : tokens });
        };
        await Promise.all(times(6, put));
        const devices = await store(0).devices.of(times(6, (i) => ({ tenant, user: `u${i}` })));
        const held = devices.flat().flatMap(({ tokens }) => tokens.map(({ token }) => token as string));
        expect(held.sort()).toEqual(names);
        // One of them has all: whoever came last took them together.
        expect(devices.filter(([one]) => one?.tokens.length).length).toBe(1);
      }
    });

    it('change a setting of one version once', async () => {
      const key = { tenant, name: 'shelf.fcm' };
      for (let version = 0; version < 12; version++) {
        const put = await Promise.all(times(6, (i) => store(i).settings.put(key, `by ${i}`, NOW, version)));
        expect(put.filter((one) => one !== undefined).map((one) => one?.version)).toEqual([version + 1]);
      }
      const free = await Promise.all(times(6, (i) => store(i).settings.put(key, `by ${i}`, NOW)));
      expect(free.map((one) => one?.version).sort()).toEqual([13, 14, 15, 16, 17, 18]);
    });

    it('let a recall see what a page has added, or keep the page out', async () => {
      for (let round = 0; round < 15; round++) {
        const id = `m${round}`;
        const job: NewJob = { tenant, kind: 'fan-out', id, payload: '{}', position: 0, size: 2, dueAt: NOW };
        await store(0).messages.append([append(id, [], { job })]);
        const next: JobStep = { tenant, kind: 'fan-out', id, from: 0, to: 1, owner: 'o', leaseUntil: NOW };
        const [[page], recall] = await Promise.all([
          store(0).messages.append([append(id, [`a${round}`, `b${round}`], { when: 'page', job: next })]),
          store(1).messages.recall(tenant, id, NOW),
        ]);
        if (recall.kind !== 'recalled') throw new Error(recall.kind);
        expect(recall.places.length).toBe(page?.kind === 'stored' ? 2 : 0);
      }
    });

    it('never move a read mark back that both set for the first time', async () => {
      for (let round = 0; round < 15; round++) {
        const user = `u${round}`;
        const moved = await Promise.all(
          [3, 5, 1, 4].map((seq, i) =>
            store(i).reads.advance([{ tenant, stream: 'room', user, at: NOW, position: { epoch: 'e', seq } }]),
          ),
        );
        expect(moved[1]).toEqual([true]);
        const [marks] = await store(0).reads.changedSince([{ tenant, user, since: 0 }]);
        expect(marks?.map((one) => one.position.seq)).toEqual([5]);
      }
    });

    it('tell each user that is new to a topic to one of them', async () => {
      const users = times(50, (i) => `u${i}`);
      const fresh = await Promise.all(times(6, (i) => store(i).topics.subscribe(tenant, 'news', users, NOW)));
      expect(fresh.flat().sort()).toEqual([...users].sort());
      const gone = await Promise.all(times(6, (i) => store(i).topics.unsubscribe(tenant, 'news', users)));
      expect(gone.flat().sort()).toEqual([...users].sort());
    });

    it('give a ticket to one of those who ask', async () => {
      const digests = times(20, (i) => `ticket${i}`);
      for (const digest of digests)
        await store(0).access.putTicket({ digest, identity: '{}', expiresAt: NOW + 1 }, NOW);
      const taken = await Promise.all(
        digests.flatMap((digest) => times(4, async (i) => ((await store(i).access.takeTicket(digest)) ? digest : ''))),
      );
      expect(taken.filter((digest) => digest !== '').sort()).toEqual([...digests].sort());
    });

    it('leave no message behind when both remove its last entries at once', async () => {
      await store(0).messages.append(times(300, (i) => append(`m${i}`, [`a${i}`, `b${i}`])));
      const trim = { acceptedBefore: NOW + 1, keepPerStream: 1, limit: 1000, now: 0 };
      for (let left = 1; left > 0;) {
        await Promise.all(times(4, (i) => store(i).messages.trim(trim)));
        const [row] = await database.run('SELECT COUNT(*) AS entries FROM push_entry');
        left = Number(row?.entries);
      }
      expect(await database.run('SELECT id FROM push_message')).toEqual([]);
    });

    it('remove old entries without keeping those waiting who append to the same streams', async () => {
      const streams = times(20, (i) => `room${i}`);
      const age = (i: number) => ({ ...append(`old${i}`, streams).message, acceptedAt: NOW - 1000 });
      await store(0).messages.append(times(40, (i) => ({ ...append(`old${i}`, streams), message: age(i) })));
      const trim = { acceptedBefore: NOW, keepPerStream: 1000, limit: 10_000, now: 0 };
      const [removed] = await Promise.all([
        store(0).messages.trim(trim),
        ...times(30, (i) => store(i).messages.append([append(`new${i}`, streams)])),
      ]);
      const rest = await store(1).messages.trim(trim);
      expect(removed + rest).toBe(40 * streams.length);
      const pages = await store(0).messages.read(streams.map((stream) => ({ tenant, stream, after: 0, limit: 100 })));
      for (const { head, first, entries } of pages) expect([head, first, entries.length]).toEqual([70, 41, 30]);
    });

    it('agree about the time', async () => {
      const [one = 0, two = 0] = await Promise.all([store(0).time(0), store(1).time(0)]);
      expect(Number.isInteger(one)).toBe(true);
      expect(Math.abs(one - Date.now())).toBeLessThan(60_000);
      expect(Math.abs(one - two)).toBeLessThan(10_000);
    });
  });
}
