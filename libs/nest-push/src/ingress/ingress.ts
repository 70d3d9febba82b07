import {
  systemClock,
  type Clock,
  type Consumer,
  type ErrorCode,
  type PushError,
  type Queue,
  type Work,
  type WorkOutcome,
} from 'push-core';
import { answerBody } from './nest-envelope.js';
import { publishJob, refusal, type Ending, type Publisher, type PublishJob } from './publish-job.js';
import { publishKey } from './publish-key.js';
import { readWork } from './read-work.js';
import { TenantLine, type LineEnding, type LinePorts } from './tenant-line.js';

/** A reason is read by people, in a header. */
const REASON_CHARACTERS = 500;

export interface IngressOptions {
  readonly push: Publisher;
  readonly queue: Queue;
  /** Default `publish`; over RabbitMQ the prefix of all queues comes before it. */
  readonly queueName?: string;
  /** So many pieces of work are taken before they are acknowledged; a batch is one. Default 200. */
  readonly inHand?: number;
  readonly clock?: Clock;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
}

export interface IngressStatus {
  readonly state: 'new' | 'started' | 'stopping' | 'stopped';
  /** Pieces of work taken and not acknowledged. */
  readonly inHand: number;
  /** Since the start, pieces of work that were stored, that became dead letters, and tries that had to be repeated. */
  readonly accepted: number;
  readonly refused: number;
  readonly repeated: number;
  /** What the last try failed with, until one succeeds. */
  readonly trouble?: ErrorCode;
}

/** Takes publishes from a queue. */
export interface Ingress {
  /** Begins to take work. Once; after `stop` nothing begins again. */
  start(): void;
  /** Takes nothing more, finishes what is being stored and gives back what waits. Idempotent. */
  stop(): Promise<void>;
  status(): IngressStatus;
}

export const createIngress = (options: IngressOptions): Ingress => new QueueIngress(options);

/**
 * *new* → *started*: publishes are taken and acknowledged after they are stored, never before; what cannot be stored now
 * stays in hand and is tried again until it is → *stopping*: what is under way is finished, what waits is given back →
 * *stopped*.
 */
class QueueIngress implements Ingress {
  private readonly lines = new Map<string, TenantLine>();
  private readonly counts = { inHand: 0, accepted: 0, refused: 0, repeated: 0 };
  private state: IngressStatus['state'] = 'new';
  private trouble?: ErrorCode;
  private consumer?: Consumer;
  private stopping?: Promise<void>;
  private readonly linePorts: LinePorts;

  constructor(private readonly options: IngressOptions) {
    const { clock = systemClock, random = Math.random } = options;
    this.linePorts = { clock, random, tried: (error) => this.tried(error) };
  }

  start(): void {
    if (this.state !== 'new') return;
    this.state = 'started';
    const { queue, queueName = 'publish', inHand = 200 } = this.options;
    this.consumer = queue.consume(queueName, { inHand }, (work) => this.handle(work));
  }

  stop(): Promise<void> {
    return (this.stopping ??= this.finish());
  }

  status(): IngressStatus {
    return { state: this.state, ...this.counts, trouble: this.trouble };
  }

  private async finish(): Promise<void> {
    this.state = 'stopping';
    for (const line of this.lines.values()) line.stop();
    await this.consumer?.close();
    this.state = 'stopped';
  }

  private async handle(work: Work): Promise<WorkOutcome> {
    this.counts.inHand++;
    try {
      return await this.publish(work);
    } finally {
      this.counts.inHand--;
    }
  }

  /** Publishes before it waits for anything: in the order in which work is handed out. */
  private async publish(work: Work): Promise<WorkOutcome> {
    const reading = readWork(work);
    const { envelope } = reading;
    const told = (ending: Ending): WorkOutcome => {
      const reply = work.replyTo === undefined ? undefined : answerBody(ending.answer, envelope);
      if (ending.reason === undefined) {
        this.counts.accepted++;
        return { kind: 'done', reply };
      }
      this.counts.refused++;
      return { kind: 'dead', reason: ending.reason.slice(0, REASON_CHARACTERS), reply };
    };
    if (reading.kind === 'refused') return told(refusal(reading.error));
    const { request } = reading;
    const job = publishJob(this.options.push, request, () => publishKey(work, envelope));
    const ended = await this.inLine(request.tenant, job);
    return ended.kind === 'over' ? told(ended.ending) : { kind: 'again' };
  }

  private async inLine(tenant: string, job: PublishJob): Promise<LineEnding> {
    if (this.state !== 'started') return { kind: 'unfinished' };
    const line = this.lines.get(tenant) ?? new TenantLine(this.linePorts);
    this.lines.set(tenant, line);
    const ended = await line.enter(job);
    if (line.isEmpty && this.lines.get(tenant) === line) this.lines.delete(tenant);
    return ended;
  }

  private tried(error?: PushError): void {
    this.trouble = error?.code;
    if (error) this.counts.repeated++;
  }
}
