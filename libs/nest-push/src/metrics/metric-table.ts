import type { Histogram, Push, Store } from 'push-core';
import type { StoreTimings } from './measured-store.js';

/** What the metrics are read from, at the moment of a scrape. */
export interface MetricSource {
  readonly push: Pick<Push, 'meters' | 'status'>;
  /** Undefined where the store is not measured. */
  readonly timings?: StoreTimings;
  /** Undefined where it is not known: what waits in it is not told. */
  readonly store?: Pick<Store, 'notifications'>;
}

/** `labels`: their values, in the order of the row's. */
type Labelled<T> = readonly { readonly labels?: readonly string[]; readonly value: T }[];

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
const waitingIn = async (store: MetricSource['store']): Promise<Labelled<number>> =>
  store
    ? store.notifications.pending().then(
        (value) => [{ labels: ['notifications'], value }],
        () => [],
      )
    : [];

/** Every metric of the library; `docs/metrics.md` lists the same table, a test compares the two. */
export const PUSH_METRICS: readonly MetricRow[] = [
  {
    name: 'push_messages_accepted_total',
    type: 'counter',
    unit: '1',
    help: 'Messages stored; signals are not',
    read: ({ push }) => one(push.meters.accepted),
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
    help: 'Work waiting; intake: publishes waiting for the store; notifications: of all nodes, to be sent',
    read: async ({ push, store }) => [
      { labels: ['intake'], value: push.status().intakeQueue },
      ...(await waitingIn(store)),
    ],
  },
  {
    name: 'push_notifications_total',
    type: 'counter',
    unit: '1',
    labels: ['provider', 'result'],
    help: 'Notifications handed to a provider, by what it answered',
    read: ({ push }) => [...push.meters.notifications].map(([name, value]) => ({ labels: name.split(' '), value })),
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
    name: 'push_store_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['operation'],
    help: 'How long calls of the store took, failed ones too',
    read: ({ timings }) => (timings ? each(timings) : []),
  },
];
