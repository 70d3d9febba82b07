const PREFIX = 'push-console.';

/** What this browser remembers. It may refuse to: then nothing is remembered, and nothing breaks. */
export const storage = {
  read(name: string): string | undefined {
    try {
      return localStorage.getItem(PREFIX + name) ?? undefined;
    } catch {
      return undefined;
    }
  },
  write(name: string, value: string | undefined): void {
    try {
      if (value === undefined) localStorage.removeItem(PREFIX + name);
      else localStorage.setItem(PREFIX + name, value);
    } catch {
      // A private window: the choice lasts as long as the page.
    }
  },
};
