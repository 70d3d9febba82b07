import { Estate } from '../../../services/estate.js';
import { eventually } from '../../../support/eventually.js';
import { WebSocketClient } from '../../../support/clients/web-socket.js';
import { rule, type Findings } from '../../support/judge.js';
import { AmqpPublisher } from './amqp-publisher.js';
import { ByeWatchers } from './bye-watchers.js';
import { Cluster, type ClusterOptions } from './cluster.js';
import { round } from './report.js';
import type { Figures } from './reliability.js';

const QUEUE = 'push.publish';
const WATCHERS = 12;
const PUBLISHES = 20;
const GRACE_MS = 10_000;
const SPREAD_MS = 5_000;

/** One node alone is told to end while work keeps arriving for it: it takes none of that, and says good-bye properly. */
export async function lastOrdersRun(options: ClusterOptions): Promise<{ findings: Findings; figures: Figures }> {
  return Estate.with(async (estate) => {
    const cluster = await Cluster.start(estate, { ...options, nodes: 1 });
    const node = cluster.node(0);
    const publisher = await AmqpPublisher.open(options.broker ?? '');
    estate.later(() => publisher.close());
    const user = `r-${Math.random().toString(36).slice(2, 8)}`;
    const token = await cluster.token(user);
    const seen: string[] = [];
    const reader = new WebSocketClient({ port: node.port, token, user, device: 'd', random: Math.random });
    reader.onEntry = ({ data }) => seen.push((data as { m: string }).m);
    estate.later(() => reader.close());
    await reader.connect();
    const orders = (prefix: string): object[] =>
      Array.from({ length: PUBLISHES }, (_, n) => ({
        tenant: 'default',
        idempotencyKey: `${user}-${prefix}-${n}`,
        to: { users: [user] },
        type: 'chaos',
        data: { m: `${prefix}-${n}` },
      }));
    await publisher.put(QUEUE, orders('before'));
    await eventually(() => seen.length === PUBLISHES, 20_000);

    const watchers = new ByeWatchers();
    estate.later(() => watchers.close());
    const tokens = await Promise.all(Array.from({ length: WATCHERS }, (_, n) => cluster.token(`${user}-w${n}`)));
    await watchers.watch(node, tokens);

    const begin = performance.now();
    node.tell('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await publisher.put(QUEUE, orders('after'));
    const { code } = await node.end('SIGCONT');
    const tookMs = performance.now() - begin;
    const left = await publisher.waiting(QUEUE);
    await node.start();
    await eventually(() => seen.length >= 2 * PUBLISHES, 20_000).catch(() => undefined);

    const findings: Findings = [];
    const delays = watchers.byes.map(({ afterMs = 0 }) => afterMs);
    rule(findings, code === 0 && tookMs <= GRACE_MS, `ended with ${code} after ${round(tookMs)} ms`);
    rule(findings, left === PUBLISHES, `${PUBLISHES - left} publishes were consumed after SIGTERM + 100 ms`);
    rule(findings, new Set(seen).size === 2 * PUBLISHES && seen.length === 2 * PUBLISHES, `shown: ${seen.join(' ')}`);
    const isTold =
      watchers.byes.length === WATCHERS && watchers.byes.every((bye) => bye.code === 3000 && bye.reconnect);
    rule(findings, isTold, `told good-bye: ${JSON.stringify(watchers.byes)}`);
    rule(findings, new Set(delays).size > WATCHERS / 2, `all at once: ${delays.join(' ')}`);
    rule(findings, Math.max(...delays) <= SPREAD_MS, `too late: ${delays.join(' ')}`);
    const figures = {
      exitCode: code ?? -1,
      endedAfterMs: round(tookMs),
      leftInTheQueue: left,
      told: watchers.byes.length,
      comeBackAfterMs: `${round(Math.min(...delays))} to ${round(Math.max(...delays))}`,
    };
    return { findings, figures };
  });
}
