import type { DeadLetter, InProcessQueue, Reply } from 'push-core';
import type { VirtualClock } from 'push-core/testing';

export interface DeadWork {
  readonly payload: unknown;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A work queue in memory, which `@PushConsumer` handlers are served from. */
export class TestQueue {
  private readonly answers: unknown[] = [];
  private puts = 0;
  private readonly replyTo: string;

  constructor(
    readonly name: string,
    private readonly queue: InProcessQueue,
    private readonly clock: VirtualClock,
  ) {
    this.replyTo = `replies of ${name}`;
    queue.onReply(this.replyTo, (reply) => this.answers.push(read(reply)));
  }

  /** Resolves when the handlers have come to rest, as far as can be seen. `payload`: any JSON. */
  async put(payload: unknown, headers?: Readonly<Record<string, string>>): Promise<void> {
    const body = Buffer.from(JSON.stringify(payload ?? null));
    const { replyTo } = this;
    await this.queue.put(this.name, [{ body, headers, replyTo, correlationId: String(++this.puts) }]);
    await this.clock.quiet();
  }

  /** What was given up, the oldest first. */
  get dead(): readonly DeadWork[] {
    return this.queue
      .deadLetters(this.name)
      .map((letter) => ({ payload: read(letter), reason: letter.reason, headers: letter.headers }));
  }

  /** What handlers answered, in order. */
  get replies(): readonly unknown[] {
    return [...this.answers];
  }
}

const read = ({ body }: DeadLetter | Reply): unknown => JSON.parse(Buffer.from(body).toString()) as unknown;
