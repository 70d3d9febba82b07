import { bringTo, insideOf } from './opened.js';
import { readPush, type ShowPush } from './payload.js';
import { close, show, shownPush, type Look } from './show.js';
import { subscribeTo, textOf, type WebPushToken } from './subscription.js';
import type { ChangeEventSlice, ClickEventSlice, PushEventSlice, PushWorker } from './worker-slice.js';

export interface InstallPushOptions {
  /** Where a click leads; an address outside the worker's origin counts as none. Default: the worker's scope. */
  open?: (push: ShowPush) => string | undefined;
  /** Told when the user has clicked: see `reportTo`. What it throws is nobody's loss. */
  opened?: (push: ShowPush) => unknown;
  /** The same moment, for the stream: see `reportTo` about when to acknowledge. */
  acknowledge?: (push: ShowPush) => unknown;
  /** The browser has changed the subscription by itself: tell the backend the new one. */
  register?: (token: WebPushToken) => unknown;
  /** The text of a push that came without (privacy `id-only`). What it throws, or takes too long for, leaves the push as it came. */
  fill?: (push: ShowPush) => Promise<Partial<Pick<ShowPush, 'title' | 'body' | 'image'>>>;
  /**
   * The text of a push whose data only this device can read: `openNotification` of `push-client/e2ee`. Asked for every push. What it throws, or
   * does not know, leaves the push as it came.
   */
  reveal?: (push: ShowPush) => Promise<Partial<Pick<ShowPush, 'title' | 'body' | 'image'>> | undefined>;
  /** Default `New message`. */
  fallbackTitle?: string;
  /** URL. */
  icon?: string;
  /** URL of a small one-colour picture. */
  badge?: string;
}

/**
 * Call it once at the top of your service worker with `self`. Every push is shown, as browsers demand of whoever subscribed, also one that
 * cannot be read; apart from those that take one back.
 */
export function installPush(worker: PushWorker, options: InstallPushOptions = {}): void {
  const { fallbackTitle = 'New message', icon, badge } = options;
  const look: Look = { fallbackTitle, icon, badge };
  const inTurn = oneByOne();

  worker.addEventListener('push', (event: PushEventSlice) => {
    event.waitUntil(receive(worker, event.data?.text() ?? '', look, options, inTurn));
  });

  worker.addEventListener('notificationclick', (event: ClickEventSlice) => {
    const push = shownPush(event.notification);
    if (push === undefined) return;
    event.notification.close();
    // The window first: a browser lets one be opened for a moment after the click only.
    const brought = attempt(() => bringTo(worker, insideOf(worker.registration.scope, options.open?.(push)), push));
    const told = [options.opened, options.acknowledge].map((tell) => attempt(() => tell?.(push)));
    event.waitUntil(Promise.all([brought, ...told]));
  });

  worker.addEventListener('pushsubscriptionchange', (event: ChangeEventSlice) => {
    const key = event.oldSubscription?.options?.applicationServerKey;
    const { pushManager } = worker.registration;
    if (key == null || pushManager === undefined || options.register === undefined) return;
    event.waitUntil(subscribeTo(pushManager, textOf(key)).then(options.register));
  });
}

const UNREADABLE: ShowPush = { do: 'show', id: 'push', mutable: false, data: {} };

type InTurn = (work: () => Promise<void>) => Promise<void>;

async function receive(
  worker: PushWorker,
  text: string,
  look: Look,
  { fill, reveal }: InstallPushOptions,
  inTurn: InTurn,
): Promise<void> {
  const push = readPush(text) ?? UNREADABLE;
  if (push.do === 'close') return inTurn(() => close(worker, push));
  const filled = push.mutable ? await attempt(() => fill?.(push)) : undefined;
  const revealed = await attempt(() => reveal?.(push));
  return inTurn(() => show(worker, { ...push, ...filled, ...revealed }, look));
}

/**
 * Looking at what is shown and showing more happen one after the other: two pushes at once would not see each other, and Chromium
 * forgets a notification that somebody asks for while it is being put up.
 */
function oneByOne(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const own = last.then(work);
    last = own.catch(() => undefined);
    return own;
  };
}

/** What the application does may fail; the rest goes on. */
async function attempt<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
