/** What the service worker has to know of the page: it has no localStorage, and starts when no page is there to ask. */
export interface LoginNote {
  readonly token: string;
  readonly device: string;
}

const CACHE = 'demo-im-login';
const KEY = '/login-note';

/** `undefined` takes it away. A browser that refuses storage does without receipts of opened notifications. */
export async function leaveLogin(note: LoginNote | undefined): Promise<void> {
  try {
    const cache = await caches.open(CACHE);
    if (note === undefined) await cache.delete(KEY);
    else await cache.put(KEY, Response.json(note));
  } catch {
    // See above.
  }
}

export async function readLogin(): Promise<LoginNote | undefined> {
  const found = await (await caches.open(CACHE)).match(KEY);
  return found === undefined ? undefined : ((await found.json()) as LoginNote);
}
