import { computed, signal } from '@preact/signals';

const BASE = '/console';

interface Place {
  /** What follows `/console`, decoded: `['messages', '01H…']`. Empty: the overview. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

export const place = signal<Place>(here());
export const page = computed(() => place.value.parts[0] ?? 'overview');

addEventListener('popstate', () => (place.value = here()));

/** `address('users', 'ann/1')` → `/console/users/ann%2F1`. A dot is written too: what looks like a file's name is asked for as one. */
export function address(...parts: readonly string[]): string {
  return [BASE, ...parts.map((part) => encodeURIComponent(part).replaceAll('.', '%2E'))].join('/');
}

export function go(href: string): void {
  if (href !== location.pathname + location.search) history.pushState(null, '', href);
  place.value = here();
  scrollTo(0, 0);
}

/** A filter belongs into the address, so that it can be sent to somebody; not into the way back. */
export function putQuery(values: Readonly<Record<string, string | undefined>>): void {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
  const text = query.toString();
  history.replaceState(null, '', location.pathname + (text === '' ? '' : `?${text}`));
  place.value = here();
}

function here(): Place {
  const parts = location.pathname.slice(BASE.length).split('/').filter(Boolean).map(decoded);
  return { parts, query: new URLSearchParams(location.search) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
