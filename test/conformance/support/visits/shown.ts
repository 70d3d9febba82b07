import type { PushFrame } from 'push-core/wire';

/** What the device's screen shows: the one rule of the protocol, whatever client brings the entry. */
export class Shown {
  readonly messages: number[] = [];
  /** Entries that came and were dropped: seen before. */
  repeats = 0;
  /** What should never happen, in words. */
  readonly problems: string[] = [];
  last = 0;
  private watching: (() => void) | undefined;

  take({ s, seq, data }: PushFrame, by: string): void {
    if (s !== '@me') return void this.problems.push(`${by} brought an entry of ${s}`);
    if (seq <= this.last) {
      this.repeats++;
      return;
    }
    if (seq !== this.last + 1) this.problems.push(`${by} brought ${seq} after ${this.last}`);
    this.last = seq;
    this.messages.push((data as { n: number }).n);
    this.watching?.();
  }

  /** Resolves when so many more are shown. */
  async more(count: number, patienceMs: number, by: string): Promise<void> {
    const goal = this.messages.length + count;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        this.watching = undefined;
        reject(new Error(`${by} showed ${this.messages.length - goal + count} of ${count} within ${patienceMs} ms`));
      }, patienceMs);
      this.watching = () => {
        if (this.messages.length < goal) return;
        clearTimeout(late);
        this.watching = undefined;
        resolve();
      };
    });
  }
}
