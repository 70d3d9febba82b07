import type { ConservationAudit, Histogram, Push, Store } from 'push-core';
import type { StoreTimings } from './measured-store.js';

/** What the metrics are read from, at the moment of a scrape. */
export interface MetricSource {
  readonly push: Pick<Push, 'meters' | 'status'>;
  /** Undefined where the store is not measured. */
  readonly timings?: StoreTimings;
  /** Undefined where it is not known: what waits in it is not told. */
  readonly store?: Partial<Pick<Store, 'notifications' | 'jobs'>>;
  /** Undefined where nobody looks whether all is there. */
  readonly conservation?: Pick<ConservationAudit, 'look' | 'violations'>;
  /** What is counted by tenant is told by tenant. */
  readonly tenants?: boolean;
}

/** `labels`: their values, in the order of the row's. */
type Labelled<T> = readonly {
  readonly labels?: readonly string[];
  /** Beside the row's own. */
  readonly more?: Readonly<Record<string, string>>;
  readonly value: T;
}[];

interface Described {
  readonly name: string;
  /** Of the values, `1` where they are counts. */
  readonly unit: '1' | 'seconds';
  readonly labels?: readonly string[];
  readonly help: string;
}

export type MetricRow =
  | (Described & {
      readonly type: 'counter' | 'gauge';
      read(source: MetricSource): Labelled<number> | Promise<Labelled<number>>;
    })
  | (Described & { readonly type: 'histogram'; read(source: MetricSource): Labelled<Histogram> });

const one = <T>(value: T): Labelled<T> => [{ value }];
const each = <T>(values: ReadonlyMap<string, T>): Labelled<T> =>
  [...values].map(([label, value]) => ({ labels: [label], value }));
/** What only the store can tell is left out while it cannot. */
const unlessAway = <T>(
  asked: Promise<T> | undefined,
  tell: (answer: T) => Labelled<number>,
): Promise<Labelled<number>> => (asked ? asked.then(tell, () => []) : Promise.resolve([]));
const waiting = (queue: string, depth: Promise<number> | undefined): Promise<Labelled<number>> =>
  unlessAway(depth, (value) => [{ labels: [queue], value }]);
const words = (values: ReadonlyMap<string, number>): Labelled<number> =>
  [...values].map(([name, value]) => ({ labels: name.split(' '), value }));

/** All three of a provider's states, so that an alarm about one ends when it is left. */
const breakersOf = (breakers: ReadonlyMap<string, number>): Labelled<number> =>
  [...new Set([...breakers.keys()].map((name) => name.split(' ')[0] as string))].flatMap((provider) =>
    ['closed', 'open', 'probing'].map((state) => ({
      labels: [provider, state],
      value: breakers.get(`${provider} ${state}`) ?? 0,
    })),
  );

/** Every metric of the library; `docs/metrics.md` lists the same table, a test compares the two. */
export const PUSH_METRICS: readonly MetricRow[] = [
  {
    name: 'push_messages_accepted_total',
    type: 'counter',
    unit: '1',
    help: 'Messages stored; signals are not',
    read: ({ push, tenants }) =>
      tenants
        ? [...push.meters.acceptedOf].map(([tenant, value]) => ({ value, more: { tenant } }))
        : one(push.meters.accepted),
  },
  {
    name: 'push_entries_sent_total',
    type: 'counter',
    unit: '1',
    labels: ['transport'],
    help: 'Entries handed to a link, repeated ones too',
    read: ({ push }) => each(push.meters.sent),
  },
  {
    name: 'push_entries_acked_total',
    type: 'counter',
    unit: '1',
    labels: ['transport'],
    help: 'Entries a device acknowledged',
    read: ({ push }) => each(push.meters.acked),
  },
  {
    name: 'push_retransmits_total',
    type: 'counter',
    unit: '1',
    help: 'Runs of unacknowledged entries that were sent again',
    read: ({ push }) => one(push.meters.retransmits),
  },
  {
    name: 'push_connections',
    type: 'gauge',
    unit: '1',
    labels: ['transport'],
    help: 'Links of this node that are connected now',
    read: ({ push }) => each(push.meters.connections),
  },
  {
    name: 'push_delivery_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'From a message being accepted to a device acknowledging it',
    read: ({ push }) => one(push.meters.delivery),
  },
  {
    name: 'push_dropped_total',
    type: 'counter',
    unit: '1',
    labels: ['reason'],
    help: 'Work refused or let go because a limit was reached',
    read: ({ push }) => each(push.meters.dropped),
  },
  {
    name: 'push_queue_depth',
    type: 'gauge',
    unit: '1',
    labels: ['queue'],
    help: 'Work waiting; intake: publishes waiting for the store; of all nodes, fan-out: long audiences, decisions: who is to be notified, notifications: to be sent',
    read: async ({ push, store }) => [
      { labels: ['intake'], value: push.status().intakeQueue },
      ...(await waiting('fan-out', store?.jobs?.pending('fan-out'))),
      ...(await waiting('decisions', store?.jobs?.pending('offline'))),
      ...(await waiting('notifications', store?.notifications?.pending())),
    ],
  },
  {
    name: 'push_notifications_total',
    type: 'counter',
    unit: '1',
    labels: ['provider', 'result'],
    help: 'Notifications handed to a provider, by what it answered',
    read: ({ push }) => words(push.meters.notifications),
  },
  {
    name: 'push_notification_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['provider'],
    help: 'From handing a notification to a provider to its answer, or the deadline',
    read: ({ push }) => each(push.meters.notificationSeconds),
  },
  {
    name: 'push_notifications_dead_total',
    type: 'counter',
    unit: '1',
    labels: ['provider', 'reason'],
    help: 'Notifications given up after being tried in vain; they wait to be replayed',
    read: ({ push }) => words(push.meters.dead),
  },
  {
    name: 'push_provider_breaker',
    type: 'gauge',
    unit: '1',
    labels: ['provider', 'state'],
    help: 'Credentials this node uses, by what their breaker does: closed, open (nothing is sent), probing',
    read: ({ push }) => breakersOf(push.meters.breakers),
  },
  {
    name: 'push_ready',
    type: 'gauge',
    unit: '1',
    help: '1 while this node takes publishes, 0 while it starts, drains or its store is in trouble',
    read: ({ push }) => {
      const { state, trouble } = push.status();
      return one(Number(state === 'started' && trouble === undefined));
    },
  },
  {
    name: 'push_bus_up',
    type: 'gauge',
    unit: '1',
    help: '1 while other nodes are reached at once, 0 while they are through the store alone',
    read: ({ push }) => one(Number(push.status().bus.state === 'up')),
  },
  {
    name: 'push_conservation',
    type: 'gauge',
    unit: '1',
    labels: ['state'],
    help: 'Entries of a sample of what this node accepted lately, by what the store says of them; accepted is the sum of the others',
    read: ({ conservation }) => unlessAway(conservation?.look(), (tally) => each(new Map(Object.entries(tally)))),
  },
  {
    name: 'push_conservation_violations_total',
    type: 'counter',
    unit: '1',
    help: 'Entries of that sample that were accepted and found nowhere, at two looks',
    read: ({ conservation }) => (conservation ? one(conservation.violations) : []),
  },
  {
    name: 'push_store_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['operation'],
    help: 'How long calls of the store took, failed ones too',
    read: ({ timings }) => (timings ? each(timings) : []),
  },
];
