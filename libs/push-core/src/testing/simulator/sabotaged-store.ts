import type { Entry } from '../../model/message.js';
import type { Position } from '../../model/stream.js';
import type { AppendOutcome, AppendRequest, ReadPage } from '../../store/message-store.js';
import type { Store } from '../../store/store.js';
import type { Dice } from './dice.js';
import type { Sabotage } from './sabotage.js';

/** A store that breaks its contract in the one way that was planted. */
export function sabotagedStore(inner: Store, sabotage: Sabotage | undefined, dice: Dice): Store {
  const { messages, cursors } = inner;
  const rewriteEntries = (change: (entries: Entry[]) => Entry[]): Store => ({
    ...parts(inner),
    messages: {
      ...bound(inner),
      read: async (requests) =>
        (await messages.read(requests)).map((page): ReadPage => ({ ...page, entries: change([...page.entries]) })),
    },
  });

  switch (sabotage) {
    case 'a page leaves an entry out':
      return rewriteEntries((entries) => {
        if (entries.length > 2 && dice.chance(0.3)) entries.splice(1, 1);
        return entries;
      });
    case 'a page has two entries swapped':
      return rewriteEntries((entries) => {
        const [first, second] = entries;
        if (!first || !second || !dice.chance(0.3)) return entries;
        return [{ ...second, seq: first.seq }, { ...first, seq: second.seq }, ...entries.slice(2)];
      });
    case 'the audience is ignored':
      return rewriteEntries((entries) => entries.map((entry) => ({ ...entry, filter: undefined })));
    case 'expiry is ignored':
      return rewriteEntries((entries) =>
        entries.map((entry) => ({ ...entry, message: { ...entry.message, expiresAt: Number.MAX_SAFE_INTEGER } })),
      );
    case 'idempotency keys are ignored':
      return {
        ...parts(inner),
        messages: {
          ...bound(inner),
          append: (requests) => messages.append(requests.map((request) => ({ ...request, idempotency: undefined }))),
        },
      };
    case 'pages are appended again':
      return forgetful(inner, dice);
    case 'a job dies with its worker':
      return {
        ...parts(inner),
        jobs: { ...boundJobs(inner), claim: (request) => inner.jobs.claim({ ...request, leaseUntil: Infinity }) },
        messages: {
          ...bound(inner),
          append: (requests) =>
            messages.append(
              requests.map(({ job, ...rest }) => ({
                ...rest,
                job: job && 'from' in job ? { ...job, leaseUntil: Infinity } : job,
              })),
            ),
        },
      };
    case 'a batch is appended in part':
      return { ...parts(inner), messages: { ...bound(inner), append: (requests) => appendInPart(inner, requests) } };
    case 'a stored cursor moves back':
      return {
        ...parts(inner),
        cursors: {
          load: async (devices) => {
            const back = (at: Position) => (dice.chance(0.1) ? { ...at, seq: Math.max(0, at.seq - 3) } : at);
            const loaded = await cursors.load(devices);
            return loaded.map((stored) => new Map([...stored].map(([stream, at]) => [stream, back(at)])));
          },
          advance: (moves) => cursors.advance(moves),
          reachedBy: (asked) => cursors.reachedBy(asked),
          reached: (tenant, places) => cursors.reached(tenant, places),
        },
      };
    default:
      return inner;
  }
}

const parts = (inner: Store): Store => ({
  messages: inner.messages,
  cursors: inner.cursors,
  devices: inner.devices,
  topics: inner.topics,
  reads: inner.reads,
  presence: inner.presence,
  access: inner.access,
  jobs: inner.jobs,
  notifications: inner.notifications,
  settings: inner.settings,
  preferences: inner.preferences,
  erase: inner.erase,
  lists: inner.lists,
  time: (now) => inner.time(now),
  open: () => inner.open(),
  close: () => inner.close(),
});

const bound = ({ messages }: Store): Store['messages'] => ({
  append: (requests) => messages.append(requests),
  read: (requests) => messages.read(requests),
  states: (streams) => messages.states(streams),
  find: (tenant, id) => messages.find(tenant, id),
  findAll: (ids) => messages.findAll(ids),
  placesIn: (message, streams) => messages.placesIn(message, streams),
  due: (now, limit, without) => messages.due(now, limit, without),
  recall: (tenant, id, at) => messages.recall(tenant, id, at),
  recalledSince: (streams, since) => messages.recalledSince(streams, since),
  trim: (request) => messages.trim(request),
  usage: (tenant) => messages.usage(tenant),
});

const boundJobs = ({ jobs }: Store): Store['jobs'] => ({
  claim: (request) => jobs.claim(request),
  take: (request) => jobs.take(request),
  hasten: (all, dueAt) => jobs.hasten(all, dueAt),
  postpone: (job, owner, dueAt) => jobs.postpone(job, owner, dueAt),
  finish: (job, owner) => jobs.finish(job, owner),
  finishAll: (all, owner) => jobs.finishAll(all, owner),
  bury: (job, owner, reason, now) => jobs.bury(job, owner, reason, now),
  find: (job) => jobs.find(job),
  dead: (tenant, kind, limit) => jobs.dead(tenant, kind, limit),
  pending: (kind) => jobs.pending(kind),
});

/** What a job has done is not kept with the page that did it: whoever claims it may begin a page earlier. */
function forgetful(inner: Store, dice: Dice): Store {
  return {
    ...parts(inner),
    jobs: {
      ...boundJobs(inner),
      claim: async (request) =>
        (await inner.jobs.claim(request)).map((job) => ({
          ...job,
          position: dice.chance(0.5) ? Math.max(0, job.position - 1) : job.position,
        })),
    },
    messages: {
      ...bound(inner),
      append: async (requests) =>
        inner.messages.append(
          await Promise.all(
            requests.map(async (request) => {
              const { job } = request;
              if (!job || !('from' in job)) return request;
              const from = (await inner.jobs.find(job))?.position ?? job.from;
              return { ...request, job: { ...job, from } };
            }),
          ),
        ),
    },
  };
}

/** Of a message for several streams only the first gets it; the answer claims all. */
async function appendInPart(
  { messages }: Store,
  requests: readonly AppendRequest[],
): Promise<readonly AppendOutcome[]> {
  const outcomes = await messages.append(
    requests.map((request) => ({ ...request, targets: request.targets.slice(0, 1) })),
  );
  return Promise.all(
    outcomes.map(async (outcome, at): Promise<AppendOutcome> => {
      const request = requests[at];
      if (outcome.kind !== 'stored' || !request || request.when === 'hold') return outcome;
      const others = request.targets.slice(1).map(({ stream }) => ({ tenant: request.message.tenant, stream }));
      const states = await messages.states(others);
      const claimed = others.map(({ stream }, i) => ({
        stream,
        epoch: states[i]?.epoch ?? '',
        seq: (states[i]?.head ?? 0) + 1,
      }));
      return { kind: 'stored', places: [...outcome.places, ...claimed] };
    }),
  );
}
