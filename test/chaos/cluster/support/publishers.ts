import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { Cluster } from './cluster.js';
import type { Ledger } from './ledger.js';

export interface PublisherOptions {
  /** Each has members of its own, and is written by somebody who waits for an answer before going on. */
  readonly conversations: number;
  /** Users a conversation. */
  readonly members: number;
  /** Messages a second, all together. */
  readonly rate: number;
  readonly random: () => number;
  /** `new key a try`: as if nobody recognised a publish that was made twice. */
  readonly sabotage?: 'new key a try';
  /** Characters beside the name. */
  readonly padding?: number;
}

interface PublishAnswer {
  /** Undefined: the connection ended without one, or there was none in time. */
  readonly status?: number;
  readonly code?: string;
  readonly retryable?: boolean;
  readonly duplicate?: boolean;
  readonly timedOut?: boolean;
}

/** No answer after so long is no answer. */
const TIMEOUT_MS = 15_000;

/** Publishes over HTTP to nodes taken at random, with an idempotency key a message that a retry repeats. */
export class Publishers {
  readonly problems: string[] = [];
  /** Answers that were no acceptance, by their code. */
  readonly refusals: Record<string, number> = {};
  /** Tries that got no answer at all: cut off, or refused by a dead node. */
  unanswered = 0;
  timeouts = 0;
  /** Accepted at a second try, the first one having been stored. */
  recognised = 0;
  /** Of a try that was answered. Milliseconds. */
  slowestAnswerMs = 0;
  private running = false;
  private patient = true;
  private loops: Promise<void>[] = [];
  private readonly agents: Agent[];
  private readonly filling: string;
  /** Keys of this run alone: another one may have been on the same database. */
  private readonly tag = Math.random().toString(36).slice(2, 8);

  constructor(
    private readonly cluster: Cluster,
    private readonly ledger: Ledger,
    private readonly audiences: readonly (readonly string[])[],
    private readonly devicesOf: (users: readonly string[]) => string[],
    private readonly options: PublisherOptions,
  ) {
    // Nothing that a database could make smaller.
    const { padding = 0 } = options;
    this.filling = randomBytes(padding).toString('base64').slice(0, padding);
    this.agents = cluster.nodes.map(() => new Agent({ keepAlive: true, maxSockets: 64 }));
  }

  start(): void {
    this.running = true;
    this.patient = true;
    this.loops = this.audiences.map((users, conversation) => this.write(`c${conversation}`, users));
  }

  /** Nothing new; what was begun is tried until it is accepted, for so long. */
  async stop(patienceMs = 30_000): Promise<void> {
    this.running = false;
    const late = setTimeout(() => (this.patient = false), patienceMs);
    await Promise.all(this.loops);
    clearTimeout(late);
    for (const agent of this.agents) agent.destroy();
  }

  private async write(conversation: string, users: readonly string[]): Promise<void> {
    const { rate, conversations, random } = this.options;
    const everyMs = (1000 * conversations) / rate;
    const devices = this.devicesOf(users);
    await pause(random() * everyMs);
    let dueAt = performance.now();
    for (let order = 0; this.running; order++) {
      const message = `${conversation}-${order}`;
      const data = { m: message, p: this.filling };
      const body = JSON.stringify({ to: { users }, type: 'chaos', thread: conversation, data });
      this.ledger.attempt(message, devices, conversation, order);
      await this.insist(message, body);
      // What the outage held up is not caught up with: the next one is due from now on.
      dueAt = Math.max(dueAt + everyMs, performance.now());
      await pause(dueAt - performance.now());
    }
  }

  private async insist(message: string, body: string): Promise<void> {
    const { random, sabotage } = this.options;
    for (let attempt = 0; this.patient; attempt++) {
      const node = Math.floor(random() * this.agents.length);
      const key = `${this.tag}-${message}${sabotage === 'new key a try' ? `-${attempt}` : ''}`;
      const answer = await this.post(node, key, body);
      if (answer.status === 202) {
        if (answer.duplicate === true && attempt > 0) this.recognised++;
        return this.ledger.accepted(message);
      }
      if (answer.status === undefined) {
        this.unanswered++;
        if (answer.timedOut === true) this.timeouts++;
      } else {
        const code = answer.code ?? String(answer.status);
        this.refusals[code] = (this.refusals[code] ?? 0) + 1;
        if (answer.retryable !== true) {
          this.problems.push(`${message} was answered ${answer.status} ${code}`);
          return;
        }
      }
      await pause(20 + random() * Math.min(1_000, 100 * 2 ** attempt));
    }
  }

  private post(node: number, key: string, body: string): Promise<PublishAnswer> {
    const begin = performance.now();
    return new Promise((resolve) => {
      const call = request({
        host: '127.0.0.1',
        port: this.cluster.node(node).port,
        agent: this.agents[node],
        method: 'POST',
        path: '/v1/messages',
        headers: {
          Authorization: `Bearer ${this.cluster.key}`,
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          'Idempotency-Key': key,
        },
      });
      let timedOut = false;
      const late = setTimeout(() => {
        timedOut = true;
        call.destroy();
      }, TIMEOUT_MS);
      call.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', () => undefined);
        response.on('end', () => {
          this.slowestAnswerMs = Math.max(this.slowestAnswerMs, performance.now() - begin);
          resolve({ ...parsed(text), status: response.statusCode });
        });
      });
      call.on('error', () => undefined);
      call.on('close', () => {
        clearTimeout(late);
        resolve({ timedOut });
      });
      call.end(body);
    });
  }
}

function parsed(text: string): PublishAnswer {
  try {
    return JSON.parse(text) as PublishAnswer;
  } catch {
    return {};
  }
}

/** Load takes its time; no assertion waits on this. */
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
