const asked = new URLSearchParams(location.search).get('device') ?? '';

/** `?device=` in the address: this tab is a device of its own, with a storage of its own. */
export const askedDevice = /^[\w.-]{1,64}$/.test(asked) ? asked : undefined;

const prefix = askedDevice === undefined ? 'demo-im/' : `demo-im@${askedDevice}/`;

/** localStorage, without the parts of it that throw: a browser may refuse the mere access, or be full. */
export const storage = {
  read(key: string): unknown {
    try {
      return JSON.parse(localStorage.getItem(prefix + key) ?? 'null') ?? undefined;
    } catch {
      return undefined;
    }
  },
  /** `undefined` removes. */
  write(key: string, value: unknown): void {
    try {
      if (value === undefined) localStorage.removeItem(prefix + key);
      else localStorage.setItem(prefix + key, JSON.stringify(value));
    } catch {
      // What cannot be kept lives as long as the page.
    }
  },
  /** Keys that begin so, without what all of ours begin with. */
  keys(start: string): string[] {
    try {
      const all = Object.keys(localStorage).filter((key) => key.startsWith(prefix + start));
      return all.map((key) => key.slice(prefix.length));
    } catch {
      return [];
    }
  },
};
