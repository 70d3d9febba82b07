import type { Subscriber, Subscription } from './subscription.js';

/** The slices of a service worker's world used here; a real `ServiceWorkerGlobalScope` fits. */
export interface PushWorker {
  readonly registration: PushRegistration;
  readonly clients: PushClients;
  readonly navigator?: { setAppBadge?(count: number): Promise<void>; clearAppBadge?(): Promise<void> };
  addEventListener(type: string, listener: PushListener): void;
}

export interface PushRegistration {
  readonly scope: string;
  readonly pushManager?: Subscriber;
  showNotification(title: string, options: NotificationLook): Promise<void>;
  getNotifications(filter: { tag: string }): Promise<readonly ShownNotification[]>;
}

export interface NotificationLook {
  body?: string;
  icon?: string;
  badge?: string;
  image?: string;
  tag: string;
  renotify: boolean;
  data: unknown;
}

export interface ShownNotification {
  readonly data: unknown;
  close(): void;
}

export interface PushClients {
  matchAll(filter: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly PushWindow[]>;
  openWindow(url: string): Promise<unknown>;
}

export interface PushWindow {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}

/** Written as a method: each listener asks for its own kind of event. */
type PushListener = { listen(event: object): void }['listen'];

interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}
export interface PushEventSlice extends Extendable {
  readonly data: { text(): string } | null;
}
export interface ClickEventSlice extends Extendable {
  readonly notification: ShownNotification;
}
export interface ChangeEventSlice extends Extendable {
  readonly oldSubscription?: Subscription | null;
}
