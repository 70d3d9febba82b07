import { setTimeout as delay } from 'node:timers/promises';
import { CliError, FAILED } from '../cli-error.js';
import { pairs, type Output } from '../output.js';
import { ServerCall } from '../server-call.js';
import type { RemoteOptions } from '../with-options.js';
import { Crowd } from './crowd.js';
import { Figures } from './figures.js';

export interface LoadOptions extends RemoteOptions {
  readonly connections: number;
  /** Messages a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Percent of the messages. */
  readonly topicShare: number;
  /** Of data in a message. */
  readonly bytes: number;
  readonly prefix: string;
}

/** Publishes are begun in steps of so many milliseconds. */
const STEP_MS = 20;
/** How long what is under way is waited for at the end. */
const TAIL_MS = 10_000;
/** Requests under way at most: beyond, the server is what is slow, and the rate is missed. */
const MOST_UNDER_WAY = 500;

/** Devices connect, messages are published at a rate, and each device says when it had which. Ends by itself. */
export async function load(options: LoadOptions, output: Output): Promise<void> {
  const server = new ServerCall(options);
  const { connections, duration, rate } = options;
  output.note(`connecting ${connections} devices`);
  const figures = new Figures();
  const crowd = new Crowd(server, options, figures);
  try {
    const connectedMs = await crowd.connect();
    output.note(`connected in ${Math.round(connectedMs)} ms; ${rate} messages/s for ${duration / 1000} s`);
    const lasted = await publish(server, options, crowd, figures);
    for (const until = performance.now() + TAIL_MS; !figures.isSettled && performance.now() < until;) await delay(20);
    const report = { connections, connectedMs: Math.round(connectedMs), ...figures.report(lasted) };
    output.document(report, () => pairs(report));
    if (report.lost === 0) return;
    output.note(`${report.lost} deliveries did not arrive`);
    process.exitCode = FAILED;
  } finally {
    await crowd.close();
  }
}

/** How long it took. Milliseconds. */
async function publish(server: ServerCall, options: LoadOptions, crowd: Crowd, figures: Figures): Promise<number> {
  const { connections, duration, rate, topicShare, bytes } = options;
  const filler = 'x'.repeat(bytes);
  const underWay = new Set<Promise<void>>();
  const total = Math.max(1, Math.round((rate * duration) / 1000));
  const begun = performance.now();
  const one = async (number: number): Promise<void> => {
    const toTopic = Math.floor(((number + 1) * topicShare) / 100) > Math.floor((number * topicShare) / 100);
    const to = toTopic ? { topics: [crowd.topic] } : { users: [crowd.userOf(number % connections)] };
    const key = `${crowd.run}-${number}`;
    figures.sent(key, toTopic ? connections : 1);
    try {
      await server.call('POST', '/v1/messages', {
        to,
        type: 'load',
        data: { load: key, filler },
        options: { ttl: 600 },
      });
      figures.accepted();
    } catch (error) {
      figures.refused(key, error instanceof CliError ? (error.details.code ?? error.message) : String(error));
    }
  };
  for (let number = 0; number < total;) {
    const due = Math.min(total, Math.ceil(((performance.now() - begun) / 1000) * rate));
    for (; number < due && underWay.size < MOST_UNDER_WAY; number++) {
      const call = one(number);
      underWay.add(call);
      void call.finally(() => underWay.delete(call));
    }
    // A server that is too slow makes the run no longer than twice as long.
    if (performance.now() - begun > duration * 2 + TAIL_MS) break;
    await delay(STEP_MS);
  }
  await Promise.all(underWay);
  return performance.now() - begun;
}
