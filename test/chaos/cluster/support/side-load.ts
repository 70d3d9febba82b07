import type { AmqpPublisher } from './amqp-publisher.js';
import type { Drill } from './drill.js';

const QUEUE = 'push.publish';
const EVERY_MS = 50;
const DUE_IN_MS = 400;

/** Beside the ordinary load: publishes of another service over RabbitMQ, and messages that are due a moment later. */
export class SideLoad {
  readonly problems: string[] = [];
  private running = true;
  private readonly loops: Promise<void>[];

  constructor(
    private readonly drill: Drill,
    private readonly amqp?: AmqpPublisher,
  ) {
    this.loops = [this.repeat('due', (n) => this.schedule(n))];
    if (amqp) this.loops.push(this.repeat('amqp', (n) => this.put(amqp, n)));
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.loops);
    await this.amqp?.close();
  }

  private async repeat(what: string, once: (n: number) => Promise<void>): Promise<void> {
    for (let n = 0; this.running; n++) {
      await once(n).catch((error: unknown) => this.problems.push(`${what}: ${String(error)}`));
      await pause(EVERY_MS);
    }
  }

  /** Accepted when the broker has it: from then on it is not the publisher's any more. */
  private async put(amqp: AmqpPublisher, n: number): Promise<void> {
    const message = `amqp-${n}`;
    const body = this.body(message, n);
    await amqp.put(QUEUE, [{ tenant: 'default', idempotencyKey: `${this.tag}-${message}`, ...body }]);
    this.drill.ledger.accepted(message);
  }

  private async schedule(n: number): Promise<void> {
    const message = `due-${n}`;
    const body = { ...this.body(message, n), options: { sendAt: Date.now() + DUE_IN_MS } };
    const headers = { 'Idempotency-Key': `${this.tag}-${message}` };
    for (;;) {
      const { running } = this.drill.cluster;
      const node = running[Math.floor(this.drill.random() * running.length)];
      const answer = await node?.call('POST', '/v1/messages', { body, headers }).catch(() => undefined);
      if (answer?.status === 202) return this.drill.ledger.accepted(message);
      if (answer && (answer.body as { retryable?: boolean }).retryable !== true)
        throw new Error(`${message} was answered ${answer.status} ${JSON.stringify(answer.body)}`);
      await pause(EVERY_MS);
    }
  }

  /** Each a conversation of its own: nothing is promised about which of two is stored first. */
  private body(message: string, n: number): { to: { users: string[] }; type: string; data: { m: string } } {
    const { users } = this.drill.crowd;
    const user = users[n % users.length] ?? '';
    this.drill.ledger.attempt(message, this.drill.crowd.devicesOf([user]), message, n);
    return { to: { users: [user] }, type: 'chaos', data: { m: message } };
  }

  private get tag(): string {
    return this.drill.crowd.users[0] ?? '';
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
