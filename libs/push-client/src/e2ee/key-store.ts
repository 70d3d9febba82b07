/**
 * Where a device keeps its keys, whom it trusts, and what it has opened. One for each user and device; shared by the page and its service
 * worker. Values are what `structuredClone` takes, keys among them: private ones cannot be exported, so text will not hold them.
 */
export interface KeyStore {
  /** Undefined where there is none. */
  read(name: string): Promise<unknown>;
  /**
   * Puts what `change` makes of the value in its place, and answers it: at once against every other `change`, also of other pages.
   * Resolves when it is kept for good.
   */
  change(name: string, change: (value: unknown) => unknown): Promise<unknown>;
}

/** For tests, and for a process that is a new device whenever it starts. */
export class MemoryKeys implements KeyStore {
  private readonly values = new Map<string, unknown>();

  read(name: string): Promise<unknown> {
    return Promise.resolve(this.values.get(name));
  }

  change(name: string, change: (value: unknown) => unknown): Promise<unknown> {
    const value = change(this.values.get(name));
    this.values.set(name, value);
    return Promise.resolve(value);
  }
}
