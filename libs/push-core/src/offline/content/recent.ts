/** Results that are expensive to make, the last `most` of them that were used. */
export class Recent<T> {
  private readonly kept = new Map<string, T>();

  constructor(private readonly most: number) {}

  get(key: string, make: () => T): T {
    const kept = this.kept.get(key);
    const value = kept ?? make();
    if (kept !== undefined) this.kept.delete(key);
    else if (this.kept.size >= this.most) this.kept.delete(this.kept.keys().next().value as string);
    this.kept.set(key, value);
    return value;
  }
}
