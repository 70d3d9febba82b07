import type { ShowPush } from './payload.js';
import type { PushWorker } from './worker-slice.js';

const OPENED = 'push.opened';

/** Told to an open page instead of opening another. */
export interface OpenedPush {
  /** Where the click leads: an address of the page's own origin. */
  readonly url: string;
  readonly push: ShowPush;
}

/** Brings the user to `url`: the page that shows it, or any page of the app, which is told, or a new one. */
export async function bringTo({ clients, registration }: PushWorker, url: string, push: ShowPush): Promise<void> {
  const { origin } = new URL(registration.scope);
  const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true });
  const own = pages.filter((page) => new URL(page.url).origin === origin);
  const page = own.find((one) => one.url === url) ?? own[0];
  if (page === undefined) {
    await clients.openWindow(url);
    return;
  }
  page.postMessage({ type: OPENED, url, push });
  await page.focus();
}

/** What `open` names, as far as it lies in the worker's own origin: a user's text may be in it, and must not lead elsewhere. */
export function insideOf(scope: string, target: string | undefined): string {
  if (target === undefined || !URL.canParse(target, scope)) return scope;
  const url = new URL(target, scope);
  return url.origin === new URL(scope).origin ? url.href : scope;
}

/** The slice of `navigator.serviceWorker` used here. */
export interface MessageSource {
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  removeEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

/** In the page: a notification was clicked while this page was open; go where it leads. Answers what ends it. */
export function onPushOpened(source: MessageSource, handler: (opened: OpenedPush) => void): () => void {
  const listener = ({ data }: { data: unknown }): void => {
    const message = data as Partial<OpenedPush & { type: string }> | null;
    if (message?.type === OPENED) handler({ url: String(message.url), push: message.push as ShowPush });
  };
  source.addEventListener('message', listener);
  return () => source.removeEventListener('message', listener);
}
