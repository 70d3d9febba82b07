import { subscribeTo, type Subscriber, type WebPushToken } from './subscription.js';

export type Permission = 'granted' | 'denied' | 'default';

/** The slice of the global `Notification` used here. */
export interface NotificationPermission {
  readonly permission: Permission;
  requestPermission(): Promise<Permission>;
}

export interface EnableWebPushOptions {
  /** Of the service worker that calls `installPush`: `await navigator.serviceWorker.ready`. */
  registration: { readonly pushManager?: Subscriber };
  /** The tenant's VAPID public key, base64url. */
  publicKey: string;
  /** Tells your backend, which registers the device with it. Called at every start: a server forgets tokens that have died. */
  register: (token: WebPushToken) => unknown;
  /** Ask the user where it was not decided yet. Browsers want that to follow a click. Default false: at a start, never ask. */
  ask?: boolean;
  /** Default: the global `Notification`. */
  notifications?: NotificationPermission;
}

export type WebPushState =
  | { readonly kind: 'enabled'; readonly token: WebPushToken }
  /** The user has not decided: offer a button that calls again with `ask: true`. */
  | { readonly kind: 'not_asked' }
  | { readonly kind: 'denied' }
  /** On an iPhone: until the page is added to the home screen. */
  | { readonly kind: 'unsupported' }
  /** The browser could not subscribe: its push service is away, or blocked. Try again at the next start. */
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Subscribes, and registers the subscription. Call it at every start of the page: a browser may lose a subscription or get another without
 * telling anybody, and the key may have changed. Rejects where `register` does.
 */
export async function enableWebPush(options: EnableWebPushOptions): Promise<WebPushState> {
  const { registration, publicKey, register, ask = false } = options;
  const notifications = options.notifications ?? globalNotifications();
  const { pushManager } = registration;
  if (pushManager === undefined || notifications === undefined) return { kind: 'unsupported' };

  let permission = notifications.permission;
  if (permission === 'default' && ask) permission = await notifications.requestPermission();
  if (permission === 'denied') return { kind: 'denied' };
  if (permission === 'default') return { kind: 'not_asked' };

  let token: WebPushToken;
  try {
    token = await subscribeTo(pushManager, publicKey);
  } catch (error) {
    return { kind: 'failed', error };
  }
  await register(token);
  return { kind: 'enabled', token };
}

export interface DisableWebPushOptions {
  registration: { readonly pushManager?: Subscriber };
  /** Tells your backend, which removes the token from the device. */
  unregister?: () => unknown;
}

/** At a logout: the next user of this browser gets none of this one's notifications, even if the backend cannot be told. */
export async function disableWebPush({ registration, unregister }: DisableWebPushOptions): Promise<void> {
  const subscription = await registration.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  await unregister?.();
}

const globalNotifications = (): NotificationPermission | undefined =>
  (globalThis as unknown as { Notification?: NotificationPermission }).Notification;
