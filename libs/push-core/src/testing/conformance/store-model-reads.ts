import type * as FastCheck from 'fast-check';
import {
  command,
  LATER,
  nameOf,
  STREAMS,
  THREADS,
  USERS,
  type Command,
  type RealStore,
} from './store-model-command.js';
import { T0, TENANT } from './store-samples.js';
import type { SuiteRunner } from './suite-runner.js';

/** Steps of recall and of read marks. */
export function readCommands(fc: typeof FastCheck, expect: SuiteRunner['expect']): FastCheck.Arbitrary<Command>[] {
  const stream = fc.constantFrom(...STREAMS);
  const user = fc.constantFrom(...USERS);
  const thread = fc.option(fc.constantFrom(...THREADS), { nil: undefined });
  const time = fc.integer({ min: T0, max: LATER });
  /** A mark counts in the streams' own epoch only, which is not known before the run. */
  const position = fc.record({ own: fc.boolean(), seq: fc.integer({ min: 1, max: 8 }) });
  const epochOf = async ({ store }: RealStore) =>
    (await store.messages.states([{ tenant: TENANT, stream: 'any' }]))[0]?.epoch ?? '';
  const at = (epoch: string, { own, seq }: { own: boolean; seq: number }) => ({ epoch: own ? epoch : 'other', seq });
  const inOrder = <T extends { stream: string; seq: number }>(places: readonly T[]) =>
    [...places].sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.seq - b.seq));

  const recall = fc.record({ id: fc.nat(30), time }).map((given) =>
    command('recall', given, async (model, real) => {
      const outcome = await real.store.messages.recall(TENANT, nameOf(given.id), given.time);
      const expected = model.recall(nameOf(given.id), given.time, await epochOf(real));
      expect(outcome.kind).toEqual(expected.kind);
      if (outcome.kind === 'recalled' && expected.kind === 'recalled')
        expect(inOrder(outcome.places)).toEqual(inOrder(expected.places));
    }),
  );
  const recalledSince = fc.record({ stream, time }).map((given) =>
    command('recalledSince', given, async (model, real) => {
      const asked = [{ tenant: TENANT, stream: given.stream }];
      const places = await real.store.messages.recalledSince(asked, given.time);
      expect(inOrder(places)).toEqual(model.recalledSince(given.stream, given.time, await epochOf(real)));
      expect(places.every((place, i) => i === 0 || (places[i - 1]?.at ?? 0) <= place.at)).toEqual(true);
    }),
  );
  const marked = fc.record({ user, stream, thread, position, time });
  const mark = fc.array(marked, { minLength: 1, maxLength: 4 }).map((marks) =>
    command('mark', marks, async (model, real) => {
      const epoch = await epochOf(real);
      const moved = await real.store.reads.advance(
        marks.map((one) => ({ ...one, tenant: TENANT, position: at(epoch, one.position), at: one.time })),
      );
      expect(moved).toEqual(marks.map((one) => model.mark(one, at(epoch, one.position))));
    }),
  );
  const unread = fc.record({ user, stream, thread, since: fc.nat(4), now: time }).map((given) =>
    command('unread', given, async (model, real) => {
      const answer = await real.store.reads.unread([{ tenant: TENANT, ...given }]);
      expect(answer).toEqual([model.unread(given, await epochOf(real))]);
    }),
  );
  const readers = fc.record({ stream, thread, position }).map((given) =>
    command('readers', given, async (model, real) => {
      const place = { ...given, ...at(await epochOf(real), given.position) };
      const users = USERS.filter((one) => model.readUpTo(one, given.stream, given.thread, place.epoch) >= place.seq);
      expect(await real.store.reads.readers(TENANT, [place])).toEqual([users.length]);
    }),
  );
  return [recall, recalledSince, mark, unread, unread, readers];
}
