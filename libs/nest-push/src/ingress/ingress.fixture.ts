import {
  createValidator,
  idempotencyKeySchema,
  InProcessQueue,
  PushError,
  publishSchema,
  toPushError,
  type BatchItem,
  type BatchOutcome,
  type ErrorCode,
  type NewWork,
  type PublishInput,
  type PublishResult,
} from 'push-core';
import { ManualClock } from 'push-core/testing';
import { createIngress, type Ingress, type IngressOptions } from './ingress.js';

const check = createValidator<PublishInput>(publishSchema, 'message');
const checkKey = createValidator<string>(idempotencyKeySchema, 'idempotencyKey');

/** Stores by idempotency key, and fails when it is told to. */
export class FakeEngine {
  /** What became durable: `tenant type`, in that order. */
  readonly stored: string[] = [];
  /** Every publish tried: `type key`. */
  readonly tried: string[] = [];
  /** Asked before each publish; an error it returns is thrown. */
  fails: (type: string) => PushError | undefined = () => undefined;
  /** The publish is stored, and the answer lost. */
  losesAnswer = false;
  /** Publishes wait here until it resolves. */
  gate: Promise<void> = Promise.resolve();
  private readonly keys = new Map<string, { result: PublishResult; body: string }>();

  readonly publish = async (
    tenant: string,
    input: PublishInput,
    { idempotencyKey = '-' }: { idempotencyKey?: string } = {},
  ): Promise<PublishResult> => {
    this.tried.push(`${input.type} ${idempotencyKey}`);
    const body = JSON.stringify(check(input));
    checkKey(idempotencyKey);
    await this.gate;
    const error = this.fails(input.type);
    if (error && !this.losesAnswer) throw error;
    const result = this.store(`${tenant} ${idempotencyKey}`, `${tenant} ${input.type}`, body);
    if (error) throw error;
    return result;
  };

  readonly publishBatch = async (tenant: string, items: readonly BatchItem[]): Promise<BatchOutcome[]> => {
    if (items.length < 1 || items.length > 500) throw new PushError('INVALID', '1–500', { field: 'messages' });
    return Promise.all(
      items.map(async ({ idempotencyKey, ...input }) => {
        try {
          return { ok: true as const, result: await this.publish(tenant, input, { idempotencyKey }) };
        } catch (error) {
          return { ok: false as const, error: toPushError(error) };
        }
      }),
    );
  };

  private store(key: string, line: string, body: string): PublishResult {
    const known = this.keys.get(key);
    if (known && known.body !== body) throw new PushError('IDEMPOTENCY_CONFLICT', 'Used with another body');
    if (known) return { ...known.result, duplicate: true };
    this.stored.push(line);
    const result = { id: `m${this.stored.length}`, acceptedAt: 1, duplicate: false };
    this.keys.set(key, { result, body });
    return result;
  }
}

export const failure = (code: ErrorCode, retryAfterMs?: number): PushError =>
  new PushError(code, 'not now', { retryAfterMs });

/** An ingress on an in-process queue; time stands still until the spec moves it. */
export class IngressBench {
  readonly clock = new ManualClock();
  readonly queue = new InProcessQueue();
  readonly engine = new FakeEngine();
  readonly ingress: Ingress;
  private questions = 0;

  constructor(options: Partial<IngressOptions> = {}) {
    this.ingress = this.another(options);
  }

  /** On another node, with the same engine. */
  another(options: Partial<IngressOptions> = {}): Ingress {
    const { clock, queue, engine } = this;
    return createIngress({ push: engine, queue, clock, random: () => 0.5, ...options });
  }

  async put(body: unknown, more: Omit<NewWork, 'body'> = {}): Promise<void> {
    const bytes =
      body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    await this.queue.put('publish', [{ body: bytes, ...more }]);
  }

  /** Puts it as a question, and resolves with what is answered without time passing. */
  async ask(body: unknown, more: Omit<NewWork, 'body'> = {}): Promise<unknown> {
    const replyTo = `answers-${++this.questions}`;
    const answers: string[] = [];
    this.queue.onReply(replyTo, (reply) => answers.push(new TextDecoder().decode(reply.body)));
    await this.put(body, { replyTo, ...more });
    await this.clock.settle();
    return answers[0] === undefined ? undefined : JSON.parse(answers[0]);
  }

  reasons(): string[] {
    return this.queue.deadLetters('publish').map(({ reason }) => reason);
  }

  async waiting(): Promise<number> {
    return (await this.queue.depth('publish')).waiting;
  }
}

export const message = (type: string, more: object = {}): object => ({
  tenant: 't1',
  to: { users: ['u1'] },
  type,
  ...more,
});
