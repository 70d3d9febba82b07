import type { ClosePush, ShowPush } from './payload.js';
import type { PushWorker, ShownNotification } from './worker-slice.js';

/** Where a push has no tag its own name is one: what comes twice replaces itself. */
const tagOf = ({ id, tag }: { id: string; tag?: string }): string => tag ?? id;

export interface Look {
  /** URL. */
  icon?: string;
  /** URL of a small one-colour picture for the status bar. */
  badge?: string;
  /** Where a push brings no title of its own. */
  fallbackTitle: string;
}

/**
 * Shows it in the place of an earlier one with its tag. The same one again makes no noise, and one that was overtaken on its way
 * does not replace what is newer.
 */
export async function show(worker: PushWorker, push: ShowPush, { icon, badge, fallbackTitle }: Look): Promise<void> {
  const tag = tagOf(push);
  const [shown] = (await worker.registration.getNotifications({ tag })).flatMap((one) => shownPush(one) ?? []);
  if (shown !== undefined && isNewer(shown, push)) return;
  await worker.registration.showNotification(push.title ?? fallbackTitle, {
    body: push.body,
    icon,
    badge,
    image: push.image,
    tag,
    renotify: shown?.id !== push.id,
    data: push,
  });
  await setBadge(worker, push.badge);
}

/** Only the very one: a newer notification that has taken its place stays. */
export async function close(worker: PushWorker, push: ClosePush): Promise<void> {
  for (const shown of await worker.registration.getNotifications({ tag: tagOf(push) })) {
    if (shownPush(shown)?.id === push.id) shown.close();
  }
  await setBadge(worker, push.badge);
}

/** What `show` put there; undefined for a notification of somebody else. */
export function shownPush({ data }: ShownNotification): ShowPush | undefined {
  const push = data as Partial<ShowPush> | null | undefined;
  return push?.do === 'show' && typeof push.id === 'string' ? (push as ShowPush) : undefined;
}

function isNewer(left: ShowPush, right: ShowPush): boolean {
  return left.data.stream === right.data.stream && Number(left.data.seq) > Number(right.data.seq);
}

/** Not every browser has badges, and not every user allows them. */
async function setBadge({ navigator }: PushWorker, count: number | undefined): Promise<void> {
  if (count === undefined) return;
  await (count > 0 ? navigator?.setAppBadge?.(count) : navigator?.clearAppBadge?.())?.catch(() => undefined);
}
