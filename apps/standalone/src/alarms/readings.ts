import type { Histogram, Push, Store } from 'push-core';

/** What can be seen of this node, and through its store of the others, at one moment. */
export interface Readings {
  /** Unix milliseconds. */
  readonly at: number;
  /** The store is in trouble, and says so. */
  readonly trouble: boolean;
  readonly bus: 'up' | 'down' | 'blocked';
  /** Providers with an open breaker, and of how many credentials. */
  readonly open: ReadonlyMap<string, number>;
  /** Notifications that died here since the start. */
  readonly dead: number;
  /** Work waiting, by queue; what only the store can tell is left out while it does not answer. */
  readonly depth: ReadonlyMap<string, number>;
  readonly delivery: Histogram;
  /** Nodes that went without a word. */
  readonly lost: readonly string[];
}

const QUEUES = ['fan-out', 'offline'] as const;

type Seen = Pick<Push, 'meters' | 'status' | 'now'>;

export async function readAll(
  push: Seen,
  store: Pick<Store, 'jobs' | 'notifications'>,
  lost: () => Promise<readonly string[]>,
): Promise<Readings> {
  const { trouble, bus, intakeQueue } = push.status();
  const { meters } = push;
  const depth = new Map([['intake', intakeQueue]]);
  const known = await Promise.all([...QUEUES.map((kind) => store.jobs.pending(kind)), store.notifications.pending()])
    .then((counts) => [...QUEUES, 'notifications'].forEach((queue, at) => depth.set(queue, counts[at] ?? 0)))
    .then(lost)
    .then((nodes) => ({ nodes, isAway: false }))
    .catch(() => ({ nodes: [], isAway: true }));
  return {
    at: push.now(),
    trouble: trouble !== undefined || known.isAway,
    bus: bus.state,
    open: new Map(
      [...meters.breakers].flatMap(([name, count]): [string, number][] => {
        const [provider = '', state] = name.split(' ');
        return state !== 'closed' && count > 0 ? [[provider, count]] : [];
      }),
    ),
    dead: [...meters.dead.values()].reduce((sum, count) => sum + count, 0),
    depth,
    delivery: { ...meters.delivery, counts: [...meters.delivery.counts] },
    lost: known.nodes,
  };
}
