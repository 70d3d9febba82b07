interface Sent {
  readonly at: number;
  /** Deliveries that are still to come. */
  owed: number;
}

/** What a run has seen. A delivery counts once, and only of a message that was not refused. */
export class Figures {
  private readonly open = new Map<string, Sent>();
  private readonly latencies: number[] = [];
  private readonly errors: Record<string, number> = {};
  private acceptedCount = 0;
  private refusedCount = 0;
  private twice = 0;

  sent(key: string, deliveries: number): void {
    this.open.set(key, { at: performance.now(), owed: deliveries });
  }

  accepted(): void {
    this.acceptedCount++;
  }

  refused(key: string, reason: string): void {
    this.refusedCount++;
    this.errors[reason] = (this.errors[reason] ?? 0) + 1;
    this.open.delete(key);
  }

  delivered(key: string): void {
    const sent = this.open.get(key);
    // Of a run before, or one that arrived again.
    if (!sent) return void this.twice++;
    if (--sent.owed === 0) this.open.delete(key);
    this.latencies.push(performance.now() - sent.at);
  }

  /** Everything that was accepted has arrived. */
  get isSettled(): boolean {
    return this.open.size === 0;
  }

  report(lastedMs: number) {
    const sorted = Float64Array.from(this.latencies).sort();
    const at = (share: number): number =>
      sorted.length === 0 ? 0 : round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
    const seconds = lastedMs / 1000;
    let lost = 0;
    for (const { owed } of this.open.values()) lost += owed;
    return {
      seconds: round(seconds),
      accepted: this.acceptedCount,
      refused: this.refusedCount,
      acceptedPerSecond: round(this.acceptedCount / seconds),
      delivered: sorted.length,
      deliveredPerSecond: round(sorted.length / seconds),
      lost,
      repeated: this.twice,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
      maxMs: round(sorted.at(-1) ?? 0),
      ...(this.refusedCount > 0 ? { refusals: this.errors } : {}),
    };
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;
