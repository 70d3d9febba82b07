import type { EntryHint, Hint } from '../cluster/bus.js';
import type { Hub } from './hub.js';
import { isBegunAnew } from './live-stream.js';
import { sendSignal, tellRead, tellRecall } from './notices.js';

/** What another node has to say. */
export function heed(hub: Hub, hint: Hint): void {
  switch (hint.kind) {
    case 'head': {
      const live = hub.live(hint.tenant, hint.stream);
      if (live?.observe(hint.head)) hub.touch(live);
      return;
    }
    case 'entry':
      return takeEntry(hub, hint);
    case 'acked': {
      const follower = hub.links.of(hint)?.follower(hint.stream);
      if (follower?.live.epoch === hint.epoch) follower.acknowledge(hint.seq, follower.live.head);
      return;
    }
    case 'tenant':
      // What fails here is looked for again soon.
      return void hub.tenantChanged(hint.tenant).catch(() => undefined);
    case 'work':
      return hub.work(hint.work);
    case 'signal':
      return sendSignal(hub, hint);
    case 'recall':
      return tellRecall(hub, hint);
    case 'read':
      return tellRead(hub, hint, hint.device);
    case 'subscriptions':
      // What fails here is made good when the device connects again.
      return void hub.refresh(hint.tenant, hint.users).catch(() => undefined);
    case 'revoked':
      return hub.revoked(hint.tenant, hint.user, hint.at);
    case 'arrived':
      return hub.links.heardOf(hint);
  }
}

/** What was appended on another node, as if it had been appended here. */
function takeEntry(hub: Hub, { tenant, epoch, at, expiresAt, tail, places, trace }: EntryHint): void {
  for (const { stream, seq, filter } of places) {
    const live = hub.live(tenant, stream);
    if (!live) continue;
    if (isBegunAnew(live, epoch)) {
      hub.epochChanged(live);
      continue;
    }
    live.offer({ seq, expiresAt, filter, tail, at, trace });
    hub.touch(live);
  }
}
