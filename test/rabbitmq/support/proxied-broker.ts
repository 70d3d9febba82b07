import { randomUUID } from 'node:crypto';
import { connect, type ChannelModel } from 'amqplib';
import { createRabbit, type Rabbit, type RabbitSettings } from 'nest-push/rabbitmq';
import { ChaosProxy } from '../../support/chaos-proxy.js';
import { eventually } from '../../support/eventually.js';

const PORT = 5672;
const PATIENCE_MS = 60_000;

/** RabbitMQ as its users install it, behind a network that fails; names of the test's own, gone at the end. */
export class ProxiedBroker {
  readonly prefix = `test-${randomUUID()}.`;
  private readonly nodes: Rabbit[] = [];

  private constructor(
    readonly proxy: ChaosProxy,
    private readonly direct: ChannelModel,
  ) {}

  static async open(): Promise<ProxiedBroker> {
    const url = `amqp://guest:guest@127.0.0.1:${PORT}`;
    const direct = await connect(url).catch((cause: unknown) => {
      throw new Error(`This test needs RabbitMQ at ${url}`, { cause });
    });
    direct.on('error', () => undefined);
    return new ProxiedBroker(await ChaosProxy.open(PORT), direct);
  }

  /** A node on the far side of the proxy. */
  node(settings: Partial<RabbitSettings> = {}): Rabbit {
    const url = `amqp://guest:guest@127.0.0.1:${this.proxy.port}`;
    const node = createRabbit({ url, prefix: this.prefix, startup: 'wait', heartbeatSeconds: 1, ...settings });
    this.nodes.push(node);
    return node;
  }

  /** How many sockets this process has open towards the proxy, the nodes' ends. */
  sockets(): number {
    const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles(): { remotePort?: number }[] };
    return handles().filter(({ remotePort }) => remotePort === this.proxy.port).length;
  }

  /** What the broker counts in a queue; zero of each where there is none. */
  async count(queue: string): Promise<{ messages: number; consumers: number }> {
    const amqpChannel = await this.direct.createChannel();
    amqpChannel.on('error', () => undefined);
    try {
      const { messageCount, consumerCount } = await amqpChannel.checkQueue(`${this.prefix}${queue}`);
      await amqpChannel.close();
      return { messages: messageCount, consumers: consumerCount };
    } catch {
      return { messages: 0, consumers: 0 };
    }
  }

  /** Everything a node of one bus and one consumer has is there, once. */
  async whole(node: Rabbit, queue = 'jobs'): Promise<void> {
    await eventually(async () => {
      const { state, consumers } = node.status();
      if (state !== 'up' || consumers.actual !== consumers.wanted) return false;
      return (await this.count(queue)).consumers === 1;
    }, PATIENCE_MS);
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
    await this.proxy.kill();
    for (const queue of ['jobs', 'jobs.dead']) await this.errand((name) => name.deleteQueue(`${this.prefix}${queue}`));
    for (const to of ['all', 'node']) await this.errand((name) => name.deleteExchange(`${this.prefix}hints.${to}`));
    await this.direct.close();
  }

  private async errand(run: (amqpChannel: Awaited<ReturnType<ChannelModel['createChannel']>>) => Promise<unknown>) {
    const amqpChannel = await this.direct.createChannel();
    await run(amqpChannel);
    await amqpChannel.close();
  }
}
