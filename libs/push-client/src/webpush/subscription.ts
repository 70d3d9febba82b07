/** What a push service and its browser agreed on: a device's `token` for the provider `webpush`. */
export interface WebPushToken {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** The slice of `PushSubscription` used here. */
export interface Subscription {
  readonly options?: { readonly applicationServerKey: ArrayBuffer | null };
  toJSON(): { endpoint?: string; keys?: Record<string, string> };
  unsubscribe(): Promise<boolean>;
}

/** The slice of `PushManager` used here. */
export interface Subscriber {
  getSubscription(): Promise<Subscription | null>;
  subscribe(options: { userVisibleOnly: boolean; applicationServerKey: ArrayBuffer }): Promise<Subscription>;
}

/** The subscription for this key: the one there is, or a new one in its place where it was made with another key. */
export async function subscribeTo(manager: Subscriber, publicKey: string): Promise<WebPushToken> {
  const applicationServerKey = bytesOf(publicKey);
  const old = await manager.getSubscription();
  if (old !== null) {
    if (isFor(old, applicationServerKey)) return tokenOf(old);
    await old.unsubscribe();
  }
  return tokenOf(await manager.subscribe({ userVisibleOnly: true, applicationServerKey }));
}

/** Some browsers do not say which key a subscription was made with; then it stays. */
function isFor(subscription: Subscription, key: ArrayBuffer): boolean {
  const own = subscription.options?.applicationServerKey;
  if (own == null) return true;
  const [left, right] = [new Uint8Array(own), new Uint8Array(key)];
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function tokenOf(subscription: Subscription): WebPushToken {
  const { endpoint, keys } = subscription.toJSON();
  if (endpoint === undefined || keys?.p256dh === undefined || keys.auth === undefined) {
    throw new Error('the browser made a subscription without keys');
  }
  return { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } };
}

/** base64url to bytes. */
export function bytesOf(text: string): ArrayBuffer {
  const characters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(characters, (character) => character.charCodeAt(0)).buffer;
}

/** Bytes to base64url. */
export const textOf = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
