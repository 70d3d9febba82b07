/** So many units a second, with a stock for `burstSeconds` of quiet. What is refused costs as well: who goes on is in debt. */
export class TokenBucket {
  private stock: number;

  constructor(
    private readonly perSecond: number,
    private at: number,
    private readonly burstSeconds = 3,
  ) {
    this.stock = perSecond * burstSeconds;
  }

  /** Takes one unit; `waitMs` until there is one again, 0 when it was there. `elapsed` in milliseconds, never backwards. */
  take(elapsed: number, units = 1): { readonly waitMs: number; readonly hopeless: boolean } {
    const most = this.perSecond * this.burstSeconds;
    this.stock = Math.min(most, this.stock + ((elapsed - this.at) * this.perSecond) / 1000);
    this.at = elapsed;
    this.stock = Math.max(-most, this.stock - units);
    if (this.stock >= 0) return FINE;
    return { waitMs: Math.ceil((-this.stock * 1000) / this.perSecond), hopeless: this.stock <= -most };
  }

  /** What may be taken at once; below 0 where more was taken than there was. */
  left(elapsed: number): number {
    return Math.min(this.perSecond * this.burstSeconds, this.stock + ((elapsed - this.at) * this.perSecond) / 1000);
  }

  /** Nothing was taken for so long that a new bucket is the same. */
  isFull(elapsed: number): boolean {
    return this.stock + ((elapsed - this.at) * this.perSecond) / 1000 >= this.perSecond * this.burstSeconds;
  }
}

const FINE = Object.freeze({ waitMs: 0, hopeless: false });

/** A bucket a name, forgotten when it is full again. */
export class TokenBuckets {
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(private readonly perSecond: number) {}

  take(name: string, elapsed: number, units = 1): { readonly waitMs: number; readonly hopeless: boolean } {
    let bucket = this.buckets.get(name);
    if (!bucket) this.buckets.set(name, (bucket = new TokenBucket(this.perSecond, elapsed)));
    return bucket.take(elapsed, units);
  }

  forgetIdle(elapsed: number): void {
    for (const [name, bucket] of this.buckets) if (bucket.isFull(elapsed)) this.buckets.delete(name);
  }
}
