import { AssembledRabbit } from './assembled-rabbit.js';
import { brokerAddresses } from './broker-address.js';
import { dialer } from './dial.js';
import type { Rabbit } from './rabbit.js';
import { resolveSettings, type RabbitSettings } from './rabbit-settings.js';
import { TUNING } from './tuning.js';

export type { ConsumerCount, HintCounts, Rabbit, RabbitStatus } from './rabbit.js';
export type { RabbitSettings } from './rabbit-settings.js';

/**
 * RabbitMQ as the nodes' bus and queue. Connects when one of them is first used.
 *
 * Needs the package `amqplib`. Throws a `PushError` `INVALID` that names the field of a wrong setting.
 */
export function createRabbit(settings: RabbitSettings): Rabbit {
  const resolved = resolveSettings(settings);
  return new AssembledRabbit(resolved, dialer(brokerAddresses(settings.url), resolved.heartbeatSeconds), TUNING);
}
