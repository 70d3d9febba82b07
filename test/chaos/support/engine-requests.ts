import type { IntervalHistogram } from 'node:perf_hooks';
import type { BatchItem } from 'push-core';
import type { Engine, Ending } from './engine.js';

export interface Figures {
  rssBytes: number;
  connections: number;
  /** Active resources of the process, by kind. */
  resources: Record<string, number>;
  /** Of the store, by operation. */
  calls: Record<string, number>;
  /** Pages read, by stream. */
  reads: Record<string, number>;
  /** Of the event loop since `mark`, in milliseconds. */
  lag: { p50: number; p99: number; max: number; count: number };
  mostBuffered: Record<string, number>;
  connectionsByTransport: Record<string, number>;
  sent: number;
  acked: number;
  retransmits: number;
  ends: readonly Ending[];
  troubles: readonly string[];
  cpuMs: number;
}

export interface Presence {
  user: string;
  online: boolean;
  devices: { device: string; online: boolean; transport: string }[];
}

export type Requests = ReturnType<typeof requestsOf>;
export interface Request {
  id: number;
  name: keyof Requests;
  given: unknown;
}
export interface Reply {
  id: number;
  value?: unknown;
  error?: string;
}

/** What the test asks of the process. */
export function requestsOf(engine: Engine, lag: IntervalHistogram) {
  const { push, tenant } = engine;
  let cpu = process.cpuUsage();
  return {
    tokens: (users: string[]) => Promise.all(users.map((user) => engine.token(user))),
    /** For each item whether it was accepted. */
    publish: async (items: BatchItem[]) => (await push.publishBatch(tenant, items)).map(({ ok }) => ok),
    /** The same to each user, `count` times; resolves when all of it is accepted. Data: `{m: <prefix>-<n>, pad}`. */
    async flood({ users, count, bytes, prefix }: { users: string[]; count: number; bytes: number; prefix: string }) {
      const pad = 'x'.repeat(bytes);
      for (let n = 0; n < count; n++) {
        await push.publish(tenant, {
          to: { users },
          type: 'chaos',
          thread: prefix,
          data: { m: `${prefix}-${n}`, pad },
        });
      }
    },
    presence: async (users: string[]): Promise<Presence[]> =>
      (await push.presence(tenant, users)) as unknown as Presence[],
    /** What is counted, is counted from here. */
    async mark(): Promise<void> {
      for (const counts of [engine.calls.of, engine.calls.reads, engine.watch.mostBuffered]) {
        for (const name of Object.keys(counts)) delete counts[name];
      }
      engine.ends.length = 0;
      lag.reset();
      cpu = process.cpuUsage();
    },
    async figures(): Promise<Figures> {
      const resources: Record<string, number> = {};
      for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
      const ms = (nanoseconds: number): number => Math.round(nanoseconds / 1e5) / 10;
      const { user, system } = process.cpuUsage(cpu);
      const { meters } = push;
      return {
        rssBytes: process.memoryUsage.rss(),
        connections: push.status().connections,
        resources,
        calls: { ...engine.calls.of },
        reads: { ...engine.calls.reads },
        lag: { p50: ms(lag.percentile(50)), p99: ms(lag.percentile(99)), max: ms(lag.max), count: lag.count },
        mostBuffered: { ...engine.watch.mostBuffered },
        connectionsByTransport: Object.fromEntries(meters.connections),
        sent: sum(meters.sent),
        acked: sum(meters.acked),
        retransmits: meters.retransmits,
        ends: [...engine.ends],
        troubles: [...engine.troubles],
        cpuMs: Math.round((user + system) / 1000),
      };
    },
    close: () => engine.close(),
  };
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);
