import { systemClock, type Push, type Store } from 'push-core';
import { offlineOver } from 'push-core/providers';
import type { Config } from '../config.js';
import type { Logger } from '../log.js';
import { AlarmPost } from './alarm-post.js';
import { secretBytes } from './alarm-rules-of-config.js';
import { AlarmWatch } from './alarm-watch.js';

/** Tells `PUSH_ALARM_WEBHOOK` what is wrong, where it is set. Returns what ends it. */
export function startAlarms(
  { alarms, egressAllow }: Pick<Config, 'alarms' | 'egressAllow'>,
  push: Push,
  store: Store,
  log: Logger,
): () => Promise<void> {
  if (!alarms) return () => Promise.resolve();
  const { http } = offlineOver([], { allow: egressAllow });
  const secret = alarms.secret === undefined ? undefined : secretBytes(alarms.secret);
  const post = new AlarmPost({ url: alarms.webhook, secret, node: push.node }, http, systemClock, (trouble) =>
    trouble === undefined
      ? log.info('the alarm webhook takes alarms again')
      : log.warn(`the alarm webhook does not take alarms: ${trouble}; they wait`),
  );
  const watch = new AlarmWatch(push, store, systemClock, (notice) => {
    const { kind, rule, about, text } = notice;
    log[kind === 'resolved' ? 'info' : 'warn']({ alarm: rule, about: about || undefined }, `alarm ${kind}: ${text}`);
    post.put(notice);
  });
  watch.start();
  return async () => {
    await watch.stop();
    await post.close();
    await http.close();
  };
}
