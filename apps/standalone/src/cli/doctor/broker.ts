import { setTimeout as delay } from 'node:timers/promises';
import type { BrokerConfig } from '../../broker-url.js';
import { cannotJoin } from '../../start-failed.js';
import { failAsSaid, fail, messageOf, ok, type Finding } from './finding.js';

const CONNECT_MS = 5_000;
/** How long a broker that is well takes at most to say that it has a message. */
const CONFIRM_MS = 3_000;
/** Quorum queues came with it. */
const LEAST = [3, 8] as const;

interface Connection {
  readonly connection: { readonly serverProperties?: { readonly product?: string; readonly version?: string } };
  createConfirmChannel(): Promise<AmqpChannel>;
  on(event: 'error', listener: () => void): unknown;
  /** An alarm on the broker: it takes nothing from whoever publishes. */
  once(event: 'blocked', listener: (reason: string) => void): unknown;
  close(): Promise<void>;
}
interface AmqpChannel {
  assertQueue(
    name: string,
    options: { durable: boolean; exclusive: boolean; autoDelete: boolean; arguments: Record<string, unknown> },
  ): Promise<{ queue: string }>;
  sendToQueue(name: string, content: Buffer): boolean;
  waitForConfirms(): Promise<void>;
  deleteQueue(name: string): Promise<unknown>;
  on(event: 'error', listener: () => void): unknown;
}

/** RabbitMQ, where there is to be one: who answers, whether it knows quorum queues, and whether it takes messages. */
export async function lookAtBroker(broker: BrokerConfig | undefined): Promise<readonly Finding[]> {
  if (!broker) return [ok('broker', 'none: this is one process alone')];
  const [first = ''] = broker.url.split(/\s*,\s*(?=amqps?:\/\/)/i);
  let connection: Connection;
  try {
    const { connect } = (await import('amqplib')) as unknown as {
      readonly connect: (url: string, options: { timeout: number }) => Promise<Connection>;
    };
    connection = await connect(first, { timeout: CONNECT_MS });
  } catch (error) {
    return [
      failAsSaid(
        'broker',
        messageOf(cannotJoin(error, broker))
          .replace(/^PUSH_BROKER_URL: /, '')
          .replace(/\. PUSH_BROKER_STARTUP.*$/, ''),
      ),
    ];
  }
  connection.on('error', () => {});
  try {
    const { product = 'a broker', version = '' } = connection.connection.serverProperties ?? {};
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]))
      return [
        fail('broker', `${product} ${version}`, `use RabbitMQ ${LEAST.join('.')} or newer: it needs quorum queues`),
      ];
    return [ok('broker', `${product} ${version}`), await publishing(connection, broker.prefix)];
  } finally {
    await Promise.race([connection.close().catch(() => {}), delay(1000)]);
  }
}

async function publishing(connection: Connection, prefix: string): Promise<Finding> {
  const name = `${prefix}doctor.${process.pid}`;
  const blocked = new Promise<string>((resolve) => connection.once('blocked', resolve));
  try {
    const amqpChannel = await connection.createConfirmChannel();
    amqpChannel.on('error', () => {});
    const options = { durable: true, exclusive: false, autoDelete: false, arguments: { 'x-queue-type': 'quorum' } };
    await amqpChannel.assertQueue(name, options);
    try {
      // It says so only to those that publish.
      amqpChannel.sendToQueue(name, Buffer.from('doctor'));
      const late = delay(CONFIRM_MS, 'no confirmation came', { ref: false });
      const trouble = await Promise.race([amqpChannel.waitForConfirms(), blocked, late]);
      if (trouble !== undefined)
        return fail('queues', `it takes no messages: ${trouble}`, 'look for alarms: rabbitmq-diagnostics alarms');
      return ok('queues', 'quorum queues can be made, and take messages');
    } finally {
      await Promise.race([amqpChannel.deleteQueue(name), delay(CONFIRM_MS, undefined, { ref: false })]);
    }
  } catch (error) {
    return fail(
      'queues',
      `no quorum queue can be made: ${messageOf(error)}`,
      `give the user the right to configure, write and read ${prefix}*`,
    );
  }
}
