import type { Store } from '../../store/store.js';
import type { StreamRef } from '../../model/stream.js';
import type { Checker } from './checker.js';

/**
 * The store all nodes share, with the checker reading along: it sees what took effect, answered or not. `time`: it tells
 * the time, where it has one of its own.
 */
export function recordedStore(inner: Store, checker: Checker, time?: () => number): Store {
  const known = new Map<string, StreamRef>();
  return {
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
    time: (now) => (time ? Promise.resolve(time()) : inner.time(now)),
    open: () => inner.open(),
    close: () => inner.close(),
    messages: {
      append: async (requests) => {
        const outcomes = await inner.messages.append(requests);
        requests.forEach((request, at) => {
          const outcome = outcomes[at];
          if (outcome?.kind !== 'stored') return;
          const { tenant } = request.message;
          for (const { stream } of outcome.places) known.set(`${tenant} ${stream}`, { tenant, stream });
          checker.ledger.stored(request, outcome.places);
          if (request.when === 'release') checker.released(request.message);
        });
        return outcomes;
      },
      read: (requests) => inner.messages.read(requests),
      states: (streams) => inner.messages.states(streams),
      find: (tenant, id) => inner.messages.find(tenant, id),
      findAll: (ids) => inner.messages.findAll(ids),
      placesIn: (message, streams) => inner.messages.placesIn(message, streams),
      due: (now, limit, without) => inner.messages.due(now, limit, without),
      recall: async (tenant, id, at) => {
        const outcome = await inner.messages.recall(tenant, id, at);
        checker.ledger.recalled(tenant, id, outcome);
        return outcome;
      },
      recalledSince: (streams, since) => inner.messages.recalledSince(streams, since),
      trim: async (request) => {
        const removed = await inner.messages.trim(request);
        if (removed > 0) {
          const streams = [...known.values()];
          const states = await inner.messages.states(streams);
          streams.forEach((one, at) => checker.ledger.trimmed(one.tenant, one.stream, states[at]?.first ?? 1));
        }
        return removed;
      },
      usage: (tenant) => inner.messages.usage(tenant),
    },
    cursors: {
      load: async (devices) => {
        const loaded = await inner.cursors.load(devices);
        devices.forEach((device, at) => {
          for (const [stream, { seq }] of loaded[at] ?? []) checker.cursorRead(device, stream, seq);
        });
        return loaded;
      },
      advance: async (moves) => {
        checker.cursorsMoved(moves);
        await inner.cursors.advance(moves);
      },
      reachedBy: (asked) => inner.cursors.reachedBy(asked),
      reached: (tenant, places) => inner.cursors.reached(tenant, places),
    },
  };
}
