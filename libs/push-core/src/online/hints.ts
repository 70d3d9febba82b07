import type { Hint } from '../cluster/bus.js';
import type { Hub } from './hub.js';
import { sendSignal, tellRead, tellRecall } from './notices.js';

/** What another node has to say. */
export function heed(hub: Hub, hint: Hint): void {
  switch (hint.kind) {
    case 'head': {
      const live = hub.live(hint.tenant, hint.stream);
      if (live?.observe(hint.head)) live.pumpAll();
      return;
    }
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
      return hub.replaced(hint);
  }
}
