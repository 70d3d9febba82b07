import { createHash } from 'node:crypto';
import { invalid } from './rabbit-settings.js';

/** What AMQP allows a name to be long. Bytes. */
const MAX_NAME_BYTES = 255;
/** Leaves room for the prefix and for what tells a node's queues apart. */
const MAX_NODE_BYTES = 120;

export interface HintNames {
  /** Fanout: to every node. */
  readonly all: string;
  /** Direct: to one node, by its key. */
  readonly node: string;
}
export const hintNames = (prefix: string): HintNames => ({ all: `${prefix}hints.all`, node: `${prefix}hints.node` });

/** A node's name as a routing key and a part of a queue's name: of letters, digits, `-`, `_` and `~` alone, one to one. */
export function nodeKey(node: string): string {
  const key = node.replaceAll(/[^\w-]/gu, (odd) => `~${Buffer.from(odd).toString('hex')}~`);
  if (key.length <= MAX_NODE_BYTES) return key;
  return `~${createHash('sha256').update(node).digest('hex')}`;
}

export interface WorkNames {
  readonly work: string;
  readonly dead: string;
}

/** Of the queue that is called so in the contract. */
export function workNames(prefix: string, queue: string): WorkNames {
  const work = `${prefix}${queue}`;
  const dead = `${work}.dead`;
  if (queue === '' || Buffer.byteLength(dead) > MAX_NAME_BYTES) {
    throw invalid('queue', `must be a text of up to ${MAX_NAME_BYTES} bytes, the names around it included`);
  }
  if (queue.endsWith('.dead')) throw invalid('queue', 'must not end with ".dead": so the dead letters of another end');
  if (`${work}.`.startsWith('amq.')) throw invalid('queue', 'must not begin with "amq."');
  return { work, dead };
}
