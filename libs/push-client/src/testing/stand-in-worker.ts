import type { Subscriber, Subscription } from '../webpush/subscription.js';
import type { NotificationLook, PushWorker } from '../webpush/worker-slice.js';

interface Shown extends NotificationLook {
  title: string;
  close(): void;
}

type Listener = (event: Record<string, unknown>) => void;

/** A service worker's world as far as a push touches it. Browsers replace by tag; so does this. */
export function standInWorker(pages: string[] = []) {
  const listeners = new Map<string, Listener>();
  const shown: Shown[] = [];
  const told: { url: string; message: unknown }[] = [];
  const focused: string[] = [];
  const opened: string[] = [];
  const badges: number[] = [];
  const manager = standInManager();

  const worker: PushWorker = {
    addEventListener: (type, listener) => void listeners.set(type, listener),
    navigator: {
      setAppBadge: (count) => Promise.resolve(void badges.push(count)),
      clearAppBadge: () => Promise.resolve(void badges.push(0)),
    },
    registration: {
      scope: 'https://app.example/',
      pushManager: manager.manager,
      async showNotification(title, look) {
        const same = shown.findIndex(({ tag }) => tag === look.tag);
        if (same >= 0) shown.splice(same, 1);
        const notification = { ...look, title, close: () => void shown.splice(shown.indexOf(notification), 1) };
        shown.push(notification);
      },
      getNotifications: async ({ tag }) => shown.filter((one) => one.tag === tag),
    },
    clients: {
      matchAll: async () =>
        pages.map((url) => ({
          url,
          focus: async () => focused.push(url),
          postMessage: (message: unknown) => void told.push({ url, message }),
        })),
      openWindow: async (url) => opened.push(url),
    },
  };

  /** Resolves when the worker lets itself be stopped. */
  async function dispatch(type: string, event: Record<string, unknown>): Promise<void> {
    const works: Promise<unknown>[] = [];
    listeners.get(type)?.({ ...event, waitUntil: (work: Promise<unknown>) => works.push(work) });
    await Promise.all(works);
  }
  const push = (payload: unknown) =>
    dispatch('push', {
      data: { text: () => (typeof payload === 'string' ? payload : JSON.stringify({ v: 1, ...(payload as object) })) },
    });
  const click = (index = 0) => dispatch('notificationclick', { notification: shown[index] });

  return { worker, shown, told, focused, opened, badges, manager, dispatch, push, click };
}

/** A browser's subscriptions: one at most, and a key once given is kept. */
export function standInManager() {
  const calls: string[] = [];
  let current: Subscription | null = null;
  let count = 0;
  const manager: Subscriber = {
    getSubscription: async () => current,
    async subscribe({ applicationServerKey }) {
      calls.push('subscribe');
      const endpoint = `https://push.example/${++count}`;
      current = {
        options: { applicationServerKey },
        toJSON: () => ({ endpoint, keys: { p256dh: 'p', auth: 'a' } }),
        async unsubscribe() {
          calls.push('unsubscribe');
          current = null;
          return true;
        },
      };
      return current;
    },
  };
  return { manager, calls, lose: () => void (current = null), current: () => current };
}
