import type * as FastCheck from 'fast-check';
import type { AppendRequest } from '../../store/message-store.js';
import { command, LATER, nameOf, STREAMS, THREADS, USERS, type Command } from './store-model-command.js';
import { jobCommands } from './store-model-jobs.js';
import { readCommands } from './store-model-reads.js';
import { message, T0, TENANT, told } from './store-samples.js';
import type { SuiteRunner } from './suite-runner.js';

/** A message that is held has its thread by its name: it is released as what it was held as. */
const OF_SCHEDULED = [undefined, ...THREADS];
const withThread = (thread: string | undefined) => (thread === undefined ? {} : { thread });

/** Steps on a store, each compared with the model. The suite's `expect` reports. */
export function storeCommands(fc: typeof FastCheck, expect: SuiteRunner['expect']): FastCheck.Arbitrary<Command>[] {
  const stream = fc.constantFrom(...STREAMS);
  const position = fc.record({ epoch: fc.constantFrom('e1', 'e2'), seq: fc.integer({ min: 1, max: 6 }) });
  const request: FastCheck.Arbitrary<AppendRequest> = fc
    .record({
      id: fc.integer({ min: 0, max: 30 }),
      streams: fc.uniqueArray(stream, { minLength: 1 }),
      when: fc.constantFrom('now', 'now', 'now', 'hold', 'release'),
      age: fc.integer({ min: 0, max: 50 }),
      thread: fc.option(fc.constantFrom(...THREADS), { nil: undefined }),
      key: fc.option(fc.record({ key: fc.constantFrom('k', 'l'), fingerprint: fc.constantFrom('f', 'g') }), {
        freq: 3,
        nil: undefined,
      }),
    })
    .map(({ id, streams, when, age, thread, key }) => ({
      // What is scheduled differs by id, so that a release names the message that was held; no two are due together.
      message: message(nameOf(id), {
        ...withThread(id % 3 === 0 ? OF_SCHEDULED[(id / 3) % OF_SCHEDULED.length] : thread),
        ...(id % 3 === 0 ? { dueAt: T0 + id } : { acceptedAt: T0 + age, expiresAt: T0 + age + 30 }),
      }),
      targets: streams.map((name) => ({ stream: name })),
      when: id % 3 === 0 ? (when === 'now' ? 'hold' : when) : 'now',
      idempotency: key && when !== 'release' ? { ...key, keepUntil: T0 + age } : undefined,
    }));

  const append = fc.array(request, { minLength: 1, maxLength: 6 }).map((batch) =>
    command('append', batch, async (model, { store }) => {
      const [state] = await store.messages.states([{ tenant: TENANT, stream: 'any' }]);
      const outcomes = await store.messages.append(batch);
      expect(outcomes).toEqual(batch.map((one) => model.append(one, state?.epoch ?? '')));
    }),
  );
  const read = fc.record({ stream, after: fc.nat(12), limit: fc.nat(5) }).map((given) =>
    command('read', given, async (model, { store }) => {
      const [page] = await store.messages.read([{ tenant: TENANT, ...given }]);
      const { first, head, entries: all } = model.stream(given.stream);
      const expected = all.filter((entry) => entry.seq > given.after).slice(0, given.limit);
      const entries = expected.map((entry) => ({ ...entry, message: told(entry.message) }));
      expect([page?.first, page?.head, page?.entries]).toEqual([first, head, entries]);
    }),
  );
  const due = fc
    .integer({ min: T0 - 1, max: LATER })
    .map((now) =>
      command('due', now, async (model, { store }) =>
        expect(await store.messages.due(now, 100)).toEqual(model.due(now)),
      ),
    );
  const find = fc.nat(30).map((id) =>
    command('find', id, async (model, { store }) => {
      expect((await store.messages.find(TENANT, nameOf(id)))?.message).toEqual(model.find(nameOf(id)));
    }),
  );
  const trim = fc
    .record({
      acceptedBefore: fc.integer({ min: T0, max: LATER }),
      keepPerStream: fc.integer({ min: 1, max: 20 }),
      now: fc.integer({ min: T0, max: LATER }),
    })
    .map((given) =>
      command('trim', given, async (model, { store }) => {
        const limits = { ...given, limit: 10_000 };
        expect(await store.messages.trim(limits)).toEqual(model.trim(limits));
      }),
    );
  const moved = fc.record({
    user: fc.constantFrom(...USERS),
    device: fc.constantFrom('d1', 'd2'),
    stream,
    position,
    begins: fc.boolean(),
  });
  const advance = fc.array(moved, { minLength: 1, maxLength: 4 }).map((moves) =>
    command('advance', moves, async (model, { store }) => {
      await store.cursors.advance(moves.map((move) => ({ tenant: TENANT, ...move })));
      for (const move of moves) {
        const key = [move.user, move.device, move.stream].join(' ');
        const current = model.cursors.get(key);
        const same = current?.epoch === move.position.epoch;
        if (same && (move.begins || current.seq >= move.position.seq)) continue;
        const began = same ? current.began : move.begins ? move.position.seq : 0;
        model.cursors.set(key, { ...move.position, began });
      }
    }),
  );
  const reached = fc.record({ stream, position }).map((given) =>
    command('reached', given, async (model, { store }) => {
      const { epoch, seq } = given.position;
      const has = (key: string) => {
        const at = model.cursors.get(key);
        return at?.epoch === epoch && at.seq >= seq && at.began < seq;
      };
      const users = USERS.filter((user) => ['d1', 'd2'].some((d) => has([user, d, given.stream].join(' '))));
      const answer = await store.cursors.reached(TENANT, [{ stream: given.stream, ...given.position }]);
      expect(answer).toEqual([users.length]);
    }),
  );
  const remove = fc.record({ user: fc.constantFrom(...USERS), device: fc.constantFrom('d1', 'd2') }).map((given) =>
    command('remove', given, async (model, { store }) => {
      await store.devices.remove({ tenant: TENANT, ...given });
      for (const name of STREAMS) model.cursors.delete([given.user, given.device, name].join(' '));
      expect(await store.cursors.load([{ tenant: TENANT, ...given }])).toEqual([new Map()]);
    }),
  );
  const subscribe = fc.record({ user: fc.constantFrom(...USERS), leave: fc.boolean() }).map((given) =>
    command('subscribe', given, async (model, { store }) => {
      const was = model.subscriptions.has(given.user);
      const changed = given.leave
        ? await store.topics.unsubscribe(TENANT, 'room', [given.user])
        : await store.topics.subscribe(TENANT, 'room', [given.user], T0);
      expect(changed).toEqual(was === given.leave ? [given.user] : []);
      if (given.leave) model.subscriptions.delete(given.user);
      else if (!was) model.subscriptions.set(given.user, model.stream('room').head);
      const since = model.subscriptions.get(given.user);
      const expected = since === undefined ? [] : [{ topic: 'room', since }];
      expect(await store.topics.subscriptions([{ tenant: TENANT, user: given.user }])).toEqual([expected]);
    }),
  );
  const restart = fc.constant(
    command('restart', undefined, async (_model, real) => void (real.store = await real.harness.reopen(real.store))),
  );
  const others = [...readCommands(fc, expect), ...jobCommands(fc, expect)];
  return [append, append, append, read, read, due, find, trim, advance, reached, remove, subscribe, restart, ...others];
}
