import type { Channel, Options } from 'amqplib';
import { hintNames, nodeKey, workNames } from './names.js';
import { replyCode, troubleText, unavailable } from './trouble.js';

/** Handed out this often without an end, a piece of work dies. */
export const DELIVERY_LIMIT = 20;

/** A node that is away for longer, or has more waiting, gets to know from the store. */
const HINT_TTL_MS = 30_000;
const HINTS_MAX = 10_000;
const HINTS_MAX_BYTES = 64 * 1024 * 1024;

/** What has to be there, as data; applied as often as one likes. */
export interface Topology {
  readonly exchanges: readonly { readonly name: string; readonly type: 'fanout' | 'direct' }[];
  readonly queues: readonly { readonly name: string; readonly options: Options.AssertQueue }[];
  readonly bindings: readonly { readonly queue: string; readonly exchange: string; readonly key: string }[];
}

/** The two exchanges that hints go through. */
export function hintExchanges(prefix: string): Topology {
  const { all, node } = hintNames(prefix);
  return {
    exchanges: [
      { name: all, type: 'fanout' },
      { name: node, type: 'direct' },
    ],
    queues: [],
    bindings: [],
  };
}

/**
 * A node's own queue of hints. It lives as long as the connection, and is named anew on each: the broker may take a while
 * to notice that the one before is dead, and keeps its queue locked meanwhile.
 */
export function hintQueue(prefix: string, node: string, unique: string): Topology & { readonly queue: string } {
  const { all, node: toNode } = hintNames(prefix);
  const queue = `${prefix}hints.${nodeKey(node)}.${unique}`;
  const options: Options.AssertQueue = {
    exclusive: true,
    autoDelete: true,
    durable: false,
    messageTtl: HINT_TTL_MS,
    maxLength: HINTS_MAX,
    overflow: 'drop-head',
    arguments: { 'x-max-length-bytes': HINTS_MAX_BYTES },
  };
  return {
    ...hintExchanges(prefix),
    queues: [{ name: queue, options }],
    bindings: [
      { queue, exchange: all, key: '' },
      { queue, exchange: toNode, key: nodeKey(node) },
    ],
    queue,
  };
}

/**
 * A queue of work and its dead letters, both replicated. The same arguments on every version of the broker: a queue
 * cannot change them later. Dead letters travel over the default exchange, which nobody can delete; `at-least-once`
 * (RabbitMQ 3.10, older ones ignore it) asks for `reject-publish`.
 */
export function workQueue(prefix: string, queue: string): Topology {
  const { work, dead } = workNames(prefix, queue);
  const options: Options.AssertQueue = {
    durable: true,
    deadLetterExchange: '',
    deadLetterRoutingKey: dead,
    overflow: 'reject-publish',
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': DELIVERY_LIMIT,
      'x-dead-letter-strategy': 'at-least-once',
    },
  };
  return {
    exchanges: [],
    queues: [
      { name: dead, options: { durable: true, arguments: { 'x-queue-type': 'quorum' } } },
      { name: work, options },
    ],
    bindings: [],
  };
}

/** Rejects with what an operator can do about it where something of that name is there already, but different. */
export async function declare(amqpChannel: Channel, topology: Topology): Promise<void> {
  for (const { name, type } of topology.exchanges) {
    await explained('Exchange', name, amqpChannel.assertExchange(name, type, { durable: true }));
  }
  for (const { name, options } of topology.queues) {
    await explained('Queue', name, amqpChannel.assertQueue(name, options));
  }
  for (const { queue, exchange, key } of topology.bindings) await amqpChannel.bindQueue(queue, exchange, key);
}

const PRECONDITION_FAILED = 406;

async function explained(what: string, name: string, declaring: Promise<unknown>): Promise<void> {
  try {
    await declaring;
  } catch (thrown) {
    if (replyCode(thrown) !== PRECONDITION_FAILED) throw thrown;
    throw unavailable(
      `${what} "${name}" exists with other arguments than this version needs: ` +
        `delete it when it is empty, or set another prefix (${troubleText(thrown)})`,
    );
  }
}
