import type * as FastCheck from 'fast-check';
import { claimedIds, jobRef, KIND, newJob, page, withJob } from './job-samples.js';
import { command, LATER, STREAMS, type Command } from './store-model-command.js';
import { T0, TENANT } from './store-samples.js';
import type { SuiteRunner } from './suite-runner.js';

/** Steps of jobs: messages with one, their pages, and what workers do with them. */
export function jobCommands(fc: typeof FastCheck, expect: SuiteRunner['expect']): FastCheck.Arbitrary<Command>[] {
  const streams = fc.uniqueArray(fc.constantFrom(...STREAMS));
  const some = fc.uniqueArray(fc.constantFrom(...STREAMS), { minLength: 1 });
  const owner = fc.constantFrom('n1', 'n2');
  const time = fc.integer({ min: T0, max: LATER });
  const epochOf = (states: readonly { epoch: string }[]) => states[0]?.epoch ?? '';
  const any = [{ tenant: TENANT, stream: 'any' }];

  const spread = fc.record({ streams, size: fc.integer({ min: 1, max: 4 }) }).map((given) =>
    command('spread', given, async (model, { store }) => {
      // No two are due together, and none is published again.
      const created = model.jobsMade++;
      const request = withJob(`j${created}`, { size: given.size, dueAt: T0 + created }, given.streams);
      const epoch = epochOf(await store.messages.states(any));
      expect(await store.messages.append([request])).toEqual([model.append(request, epoch)]);
    }),
  );
  const step = fc.record({ nth: fc.nat(9), streams: some, stale: fc.nat(3), owner, leaseUntil: time });
  const pages = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) =>
    command('pages', steps, async (model, { store }) => {
      const requests = steps.map(({ nth, stale, owner: by, leaseUntil, ...given }) => {
        const id = `j${nth % (model.jobsMade + 1)}`;
        const from = Math.max(0, (model.jobs.get(id)?.position ?? 0) - (stale === 0 ? 1 : 0));
        return page(id, from, from + 1, given.streams, { owner: by, leaseUntil });
      });
      const epoch = epochOf(await store.messages.states(any));
      expect(await store.messages.append(requests)).toEqual(requests.map((one) => model.append(one, epoch)));
    }),
  );
  const claim = fc.record({ owner, now: time, leaseUntil: time }).map((given) =>
    command('claim', given, async (model, { store }) => {
      expect(await claimedIds(store.jobs, given)).toEqual(model.claim(given));
    }),
  );
  const settle = fc.record({ how: fc.constantFrom('postpone', 'finish', 'bury'), nth: fc.nat(9), owner }).map((given) =>
    command('settle', given, async (model, { store: { jobs } }) => {
      const id = `j${given.nth}`;
      if (given.how === 'postpone') await jobs.postpone(jobRef(id), given.owner, LATER + given.nth);
      else if (given.how === 'finish') await jobs.finish(jobRef(id), given.owner);
      else await jobs.bury(jobRef(id), given.owner, 'broken', LATER);
      const job = model.jobs.get(id);
      if (job?.owner !== given.owner) return;
      if (given.how === 'postpone') model.jobs.set(id, { ...job, owner: undefined, until: LATER + given.nth });
      else model.jobs.delete(id);
    }),
  );
  const look = fc.nat(9).map((nth) =>
    command('look', nth, async (model, { store: { jobs } }) => {
      const job = model.jobs.get(`j${nth}`);
      const expected = job && newJob(`j${nth}`, { position: job.position, size: job.size, dueAt: job.dueAt });
      expect(await jobs.find(jobRef(`j${nth}`))).toEqual(expected);
      expect(await jobs.pending(KIND)).toEqual(model.jobs.size);
    }),
  );
  const recall = fc.nat(9).map((nth) =>
    command('recall job', nth, async (model, { store }) => {
      // Without its job, when retention takes the message is not told.
      if (!model.jobs.has(`j${nth}`)) return;
      const outcome = await store.messages.recall(TENANT, `j${nth}`, LATER);
      expect(outcome.kind).toEqual(model.recall(`j${nth}`, LATER, epochOf(await store.messages.states(any))).kind);
    }),
  );
  return [spread, spread, pages, pages, pages, claim, settle, look, recall];
}
