import { isPushError } from '../../errors.js';
import { names } from '../../model/names.js';
import type { StreamName } from '../../wire.js';
import { REASON } from './reason-codes.js';

export const EVENTS_TOPIC = 'events';

/** What a client means by a topic filter. */
export type Wish =
  | { readonly kind: 'me' | 'all' | 'events' }
  | { readonly kind: 'topic'; readonly topic: string }
  | { readonly kind: 'refused'; readonly code: number; readonly why: string };

/** The MQTT topic a stream's entries are published on. MQTT leaves `+` and `#` to filters, so they are escaped, as is `%`. */
export function mqttTopic(stream: StreamName): string {
  if (stream === '@me') return 'me';
  if (stream === '@all') return 'all';
  return `t/${escaped(stream)}`;
}

export function wishOf(filter: string): Wish {
  if (filter === 'me' || filter === 'all' || filter === EVENTS_TOPIC) return { kind: filter };
  if (filter.startsWith('$share/')) return refused(REASON.sharedSubscription, 'there are no shared subscriptions');
  if (filter.startsWith('$')) return refused(REASON.notAuthorized, 'topics of the server itself are not open');
  if (/[+#]/.test(filter)) return refused(REASON.wildcard, 'there are no wildcards; in a topic write %2B and %23');
  if (!filter.startsWith('t/')) return refused(REASON.filterInvalid, 'there are me, all, events and t/<topic>');
  const given = filter.slice(2);
  const topic = given.replace(/%(25|2B|23)/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  // One spelling a topic, or a client could be told of one it did not ask for.
  if (escaped(topic) !== given) return refused(REASON.filterInvalid, 'write % as %25, + as %2B, # as %23');
  try {
    return { kind: 'topic', topic: names.topic(topic) };
  } catch (error) {
    if (!isPushError(error)) throw error;
    return refused(REASON.filterInvalid, 'a topic is 1–128 characters without white space, not starting with @');
  }
}

const refused = (code: number, why: string): Wish => ({ kind: 'refused', code, why });

const escaped = (topic: string): string =>
  topic.replace(/[%+#]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
