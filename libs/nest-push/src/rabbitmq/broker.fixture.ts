import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, type Channel, type ChannelModel } from 'amqplib';
import { brokerAddresses } from './broker-address.js';
import { dialer, type Dial } from './dial.js';
import { hintNames, workNames } from './names.js';
import { AssembledRabbit } from './assembled-rabbit.js';
import { resolveSettings, type RabbitSettings } from './rabbit-settings.js';
import { troubleText } from './trouble.js';
import { TUNING, type Tuning } from './tuning.js';

/** Where RabbitMQ listens after `apt-get install rabbitmq-server`, or in its container. */
export const BROKER_URL = 'amqp://guest:guest@127.0.0.1:5672';

/** Delays that a test need not wait for. */
export const QUICK: Tuning = { ...TUNING, retryBaseMs: 5, retryCapMs: 100, againBaseMs: 1, againCapMs: 2, watchMs: 50 };

const PATIENCE_MS = 20_000;

/** One test's part of the broker: exchanges and queues under a prefix of its own, which go with it. */
export class BrokerSite {
  readonly prefix = `test-${randomUUID()}.`;
  /** The connections each node has had. */
  private readonly rabbits = new Map<AssembledRabbit, ChannelModel[]>();
  private readonly queues = new Set<string>();

  private constructor(
    private readonly connection: ChannelModel,
    /** Of the test, beside the nodes' own. */
    readonly amqpChannel: Channel,
  ) {}

  static async open(): Promise<BrokerSite> {
    try {
      const connection = await connect(BROKER_URL);
      // What becomes of it, the next call says.
      connection.on('error', () => undefined);
      return new BrokerSite(connection, await openAmqpChannel(connection));
    } catch (thrown) {
      throw new Error(`This test needs RabbitMQ at ${BROKER_URL}: ${troubleText(thrown)}`, { cause: thrown });
    }
  }

  node(settings: Partial<RabbitSettings> = {}, tuning: Partial<Tuning> = {}): AssembledRabbit {
    const { url = BROKER_URL, ...rest } = settings;
    const resolved = resolveSettings({ url, prefix: this.prefix, startup: 'wait', ...rest });
    const connections: ChannelModel[] = [];
    const dial = dialer(brokerAddresses(url), resolved.heartbeatSeconds);
    const recorded: Dial = async (...args) => {
      const dialled = await dial(...args);
      connections.push(dialled.connection);
      return dialled;
    };
    const rabbit = new AssembledRabbit(resolved, recorded, { ...QUICK, ...tuning });
    this.rabbits.set(rabbit, connections);
    return rabbit;
  }

  connectionsOf(rabbit: AssembledRabbit): readonly ChannelModel[] {
    return this.rabbits.get(rabbit) ?? [];
  }

  /** The node's socket breaks, without a word of AMQP. */
  cut(rabbit: AssembledRabbit): void {
    const { connection } = this.connectionsOf(rabbit).at(-1) as unknown as { connection: { stream: Socket } };
    connection.stream.destroy(new Error('cut by the test'));
  }

  /** The full name of a queue, which will be deleted at the end. */
  work(queue: string): string {
    const { work, dead } = workNames(this.prefix, queue);
    this.queues.add(work).add(dead);
    return work;
  }

  /** Everything in a queue, which stays there. */
  async read(name: string): Promise<{ body: Buffer; headers: Record<string, unknown> }[]> {
    const amqpChannel = await openAmqpChannel(this.connection);
    const found: { body: Buffer; headers: Record<string, unknown> }[] = [];
    for (let one = await amqpChannel.get(name); one; one = await amqpChannel.get(name)) {
      found.push({ body: one.content, headers: { ...one.properties.headers } });
    }
    await amqpChannel.close();
    return found;
  }

  /** An errand that the broker may refuse, at the cost of its amqpChannel. */
  async attempt<T>(errand: (amqpChannel: Channel) => Promise<T>): Promise<T | undefined> {
    const amqpChannel = await openAmqpChannel(this.connection);
    try {
      const answer = await errand(amqpChannel);
      await amqpChannel.close();
      return answer;
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.rabbits.keys()].map((rabbit) => rabbit.close()));
    for (const queue of this.queues) await this.attempt((amqpChannel) => amqpChannel.deleteQueue(queue));
    const { all, node } = hintNames(this.prefix);
    for (const name of [all, node]) await this.attempt((amqpChannel) => amqpChannel.deleteExchange(name));
    await this.connection.close();
  }
}

/** Asks after every step of the node, and now and then, until it is so. */
export async function until(rabbit: AssembledRabbit, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`still not so after ${PATIENCE_MS} ms: ${holds.toString()}`);
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(done, 10);
      const stop = rabbit.session.onStep(done);
    });
  }
}

async function openAmqpChannel(connection: ChannelModel): Promise<Channel> {
  const amqpChannel = await connection.createChannel();
  amqpChannel.on('error', () => undefined);
  return amqpChannel;
}
