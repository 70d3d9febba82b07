/** What has begun and not ended, so that closing can wait for it. */
export class UnderWay {
  readonly #all = new Set<Promise<unknown>>();

  /** `work` must not reject. */
  async until<T>(work: Promise<T>): Promise<T> {
    this.#all.add(work);
    try {
      return await work;
    } finally {
      this.#all.delete(work);
    }
  }

  async ended(): Promise<void> {
    await Promise.all(this.#all);
  }
}
