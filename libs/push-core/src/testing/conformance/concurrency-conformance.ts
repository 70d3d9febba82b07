import type { AppendRequest } from '../../store/message-store.js';
import { page, withJob } from './job-samples.js';
import type { StoreChapter } from './store-harness.js';
import { append, contents, placesOf, TENANT, withKey } from './store-samples.js';

const CALLERS = 12;
const ROUNDS = 6;
const STREAMS = Array.from({ length: 9 }, (_, i) => `@u${i}`);

/** Two thirds of all streams, beginning elsewhere for each caller: as bad as it gets for whoever locks them in turn. */
const overlapping = (caller: number): string[] => {
  const turned = [...STREAMS.slice(caller % 9), ...STREAMS.slice(0, caller % 9)].slice(0, 6);
  return caller % 2 === 0 ? turned : turned.reverse();
};

export function concurrencyConformance({ runner: { describe, it, expect }, store }: StoreChapter): void {
  describe('many at once', () => {
    const gaplessIds = async (stream: string) => {
      const stored = await contents(store().messages, stream);
      expect(stored.map(([seq]) => seq)).toEqual(stored.map((_, i) => i + 1));
      return stored.map(([, id]) => id);
    };
    /** Every caller sends its batches one after the other, all callers at once. */
    const together = (batch: (caller: number, round: number) => readonly AppendRequest[]) =>
      Promise.all(
        Array.from({ length: CALLERS }, async (_, caller) => {
          const outcomes = [];
          for (let round = 0; round < ROUNDS; round++)
            outcomes.push(...(await store().messages.append(batch(caller, round))));
          return outcomes;
        }),
      );

    it('fan out over the same streams without gaps, each caller’s entries in its order', async () => {
      const outcomes = await together((caller, round) =>
        [0, 1, 2].map((item) => append(`c${caller}-${round}-${item}`, overlapping(caller))),
      );
      const heads = new Map<string, number>();
      for (const { stream, seq } of outcomes.flat().flatMap((outcome) => placesOf(outcome)))
        heads.set(stream, Math.max(heads.get(stream) ?? 0, seq));
      for (const stream of STREAMS) {
        const ids = await gaplessIds(stream);
        expect(heads.get(stream)).toEqual(ids.length);
        for (let caller = 0; caller < CALLERS; caller++) {
          const own = ids.filter((id) => id.startsWith(`c${caller}-`));
          const expected = overlapping(caller).includes(stream) ? ROUNDS * 3 : 0;
          expect([own.length, own]).toEqual([expected, [...own].sort()]);
        }
      }
    });

    it('answer with the places that the entries have', async () => {
      const outcomes = await together((caller, round) => [append(`c${caller}-${round}`, overlapping(caller))]);
      const byPlace = new Map<string, string>();
      outcomes.forEach((own, caller) =>
        own.forEach((outcome, round) => {
          for (const { stream, seq } of placesOf(outcome)) byPlace.set(`${stream} ${seq}`, `c${caller}-${round}`);
        }),
      );
      for (const stream of STREAMS)
        for (const [seq, id] of await contents(store().messages, stream))
          expect([stream, seq, byPlace.get(`${stream} ${seq}`)]).toEqual([stream, seq, id]);
    });

    it('count a key once, whatever else is in the batches', async () => {
      const outcomes = await together((caller, round) => [
        append(`own${caller}-${round}`, overlapping(caller)),
        withKey(append(`shared${caller}-${round}`, ['room', ...overlapping(caller)]), `k${round}`, 'f'),
        withKey(append(`mine${caller}-${round}`, ['room']), `k${round}-${caller}`, 'f'),
      ]);
      const ids = await gaplessIds('room');
      for (let round = 0; round < ROUNDS; round++) {
        const winners = ids.filter((id) => id.startsWith('shared') && id.endsWith(`-${round}`));
        const answers = outcomes.map((own) => own[round * 3 + 1]);
        expect(winners.length).toEqual(1);
        expect(answers.filter((answer) => answer?.kind === 'stored').length).toEqual(1);
        const told = new Set(answers.flatMap((answer) => (answer?.kind === 'duplicate' ? [answer.id] : [])));
        expect([...told]).toEqual(winners);
      }
      expect(ids.filter((id) => id.startsWith('mine')).length).toEqual(CALLERS * ROUNDS);
      for (const stream of STREAMS) await gaplessIds(stream);
    });

    it('bring every page of a fan-out into its streams once, however many work on it', async () => {
      const jobs = ['m1', 'm2', 'm3'];
      await store().messages.append(jobs.map((id) => withJob(id, { size: ROUNDS })));
      await together((caller, round) => [
        ...jobs.map((id) => page(id, round, round + 1, [`@p${round}`, 'all'], { owner: `n${caller}` })),
        append(`x${caller}-${round}`, overlapping(caller)),
      ]);
      for (let round = 0; round < ROUNDS; round++) expect((await gaplessIds(`@p${round}`)).sort()).toEqual(jobs);
      expect((await gaplessIds('all')).length).toEqual(jobs.length * ROUNDS);
    });

    it('are read without gaps while others write and recall', async () => {
      const writing = together((caller, round) => [append(`c${caller}-${round}`, ['a', 'b'])]);
      let over = false;
      const done = writing.finally(() => (over = true));
      const ask = ['a', 'b'].map((stream) => ({ tenant: TENANT, stream, after: 0, limit: 1000 }));
      while (!over) {
        for (const { entries } of await store().messages.read(ask))
          expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, i) => i + 1));
        await store().messages.recall(TENANT, 'c0-0', 1);
      }
      await done;
      expect([(await gaplessIds('a')).length, (await gaplessIds('b')).length]).toEqual([
        CALLERS * ROUNDS,
        CALLERS * ROUNDS,
      ]);
    });
  });
}
