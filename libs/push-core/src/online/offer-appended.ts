import type { Hint } from '../cluster/bus.js';
import type { AppendOutcome, AppendRequest, Place } from '../store/message-store.js';
import { traceHint } from '../tracing/trace-hint.js';
import { hintsOf } from './hint-parts.js';
import { pushTail } from './hot-entry.js';
import type { Hub } from './hub.js';
import { isBegunAnew } from './live-stream.js';

/** What was appended, to the streams that are followed here. Returns what other nodes have to know of it. */
export function offerAppended(
  hub: Hub,
  requests: readonly AppendRequest[],
  outcomes: readonly AppendOutcome[],
): readonly Hint[] {
  const { clustered, limits, tracer } = hub.options;
  const hints: Hint[] = [];
  for (let i = 0; i < requests.length; i++) {
    const outcome = outcomes[i];
    if (outcome?.kind !== 'stored' || outcome.places.length === 0) continue;
    const { message, targets, trace } = requests[i] as AppendRequest;
    let tail = clustered ? pushTail(message) : undefined;
    if (tail !== undefined) {
      const told = traceHint(tracer, trace, message, outcome.places.length);
      hints.push(...hintsOf(message, tail, targets, outcome.places, limits.hintBytes, told));
    }
    for (let at = 0; at < outcome.places.length; at++) {
      const { stream, seq, epoch } = outcome.places[at] as Place;
      const live = hub.live(message.tenant, stream);
      if (!live) continue;
      if (isBegunAnew(live, epoch)) {
        hub.epochChanged(live);
        continue;
      }
      tail ??= pushTail(message);
      const { expiresAt, acceptedAt } = message;
      live.offer({ seq, expiresAt, filter: targets[at]?.filter, tail, at: acceptedAt, trace });
      hub.touch(live);
    }
  }
  return hints;
}
