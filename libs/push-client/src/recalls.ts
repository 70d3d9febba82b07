const MOST_IDS = 512;

/** Ids of messages recalled lately: a recall can come more than once, and its message once more after it. */
export class Recalls {
  private readonly ids = new Set<string>();

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** True where it is new. */
  add(id: string): boolean {
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    for (const oldest of this.ids) {
      if (this.ids.size <= MOST_IDS) break;
      this.ids.delete(oldest);
    }
    return true;
  }
}
