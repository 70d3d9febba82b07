import path from 'node:path';
import { eventually } from '../../../support/eventually.js';
import { rule } from '../../support/judge.js';
import { AmqpPublisher } from './amqp-publisher.js';
import type { ClusterOptions } from './cluster.js';
import { Drill, judgeDrill, type Load } from './drill.js';
import { figuresOf } from './reliability.js';
import { SideLoad } from './side-load.js';
import { round, type Report } from './report.js';

const REGISTER = `file://${path.resolve(__dirname, '../failpoints/register.mjs')}`;

/** Steps of a message's way at which the store is called or was called, in its order. */
export const STORE_POINTS = [
  ...['append now before', 'append now after'],
  ...['append hold before', 'append hold after', 'append release before', 'append release after'],
  ...['jobs.claim before', 'jobs.claim after', 'append page before', 'append page after'],
  ...['cursors.advance before', 'cursors.advance after'],
];
export const LINK_POINTS = ['write before', 'write after', 'acknowledgement before', 'acknowledgement after'];
export const BROKER_POINTS = ['hint before', 'hint after', 'taken before', 'taken after', 'taken confirmed'];

export interface EveryStepOptions extends Load {
  readonly services: () => ClusterOptions;
  readonly points: readonly string[];
  readonly leastAccepted: number;
  /** Of the server's side. */
  readonly planted?: 'confirms first';
}

const REACHED_MS = 20_000;
const STIR_MS = 1_500;
const STIRRED = 0.3;
/** A message for more users than this is paged work. */
const PAGE_USERS = 2;

/** The first node dies at one step after the other, started again each time; what it left undone, somebody does. */
export async function everyStepRun(options: EveryStepOptions): Promise<Report> {
  const { services, points, planted, leastAccepted } = options;
  const given = services();
  const env = { PUSH_LIMIT_FAN_OUT_PAGE: String(PAGE_USERS), PUSH_LIMIT_JOB_LEASE_MS: '2000', ...given.env };
  const armed = (point: string): Record<string, string> => ({
    NODE_OPTIONS: `--import ${REGISTER}`,
    CHAOS_FAILPOINT: `${point}#${1 + Math.floor(Math.random() * 5)}`,
    ...(planted === undefined ? {} : { CHAOS_SABOTAGE: planted }),
  });
  return Drill.with({ ...options, cluster: () => ({ ...given, env }) }, async (drill) => {
    await drill.begin();
    const amqp = given.broker === undefined ? undefined : await AmqpPublisher.open(given.broker);
    const side = new SideLoad(drill, amqp);
    const node = drill.cluster.node(0);
    const missed: string[] = [];
    const took: string[] = [];
    const troubles: string[] = [];
    for (const point of points) {
      await node.end('SIGKILL');
      const begin = performance.now();
      const ends = node.ends.length;
      // It may be reached before the node listens.
      const up = node.start(armed(point)).catch((error: Error) => {
        if (!error.message.includes('signal SIGKILL')) troubles.push(`${point}: ${error.message.slice(0, 500)}`);
      });
      // Whoever lost this node is content on another one: some have to come back to it.
      const stirring = setInterval(() => drill.crowd.shuffle(STIRRED, drill.random), STIR_MS);
      await eventually(() => node.ends.length > ends && !node.isRunning, REACHED_MS).catch(() => missed.push(point));
      clearInterval(stirring);
      await up;
      took.push(`${point} ${round(performance.now() - begin)} ms`);
    }
    if (node.isRunning) await node.end('SIGKILL');
    await node.start({ NODE_OPTIONS: '' });
    await drill.hold(2_000);
    await side.stop();
    const outcome = await drill.end();
    const findings = judgeDrill(drill, outcome, leastAccepted);
    findings.push(...side.problems.slice(0, 3), ...troubles.slice(0, 3));
    rule(findings, missed.length === 0, `invalid: never reached: ${missed.join(', ')}`);
    const wrong = node.ends.filter(({ signal }) => signal !== 'SIGKILL');
    rule(findings, wrong.length === 0, `it ended otherwise: ${JSON.stringify(wrong)}`);
    process.stdout.write(`died: ${took.join('; ')}\n`);
    const figures = {
      ...figuresOf(outcome),
      points: points.length,
      diedAt: points,
      recognisedRetries: outcome.recognised,
    };
    return { outcome, figures, findings };
  });
}
