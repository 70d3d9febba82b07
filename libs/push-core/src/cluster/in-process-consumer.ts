import type { Consumer, NewWork, Work, WorkOutcome } from './queue.js';

export interface QueuedWork {
  /** In the order it was put. */
  readonly number: number;
  readonly work: NewWork;
  attempts: number;
}

export interface ConsumerPorts {
  readonly settled: (item: QueuedWork, outcome: WorkOutcome) => void;
  /** It takes no more; these it leaves without an outcome. */
  readonly gone: (items: readonly QueuedWork[]) => void;
}

/**
 * One who works on a queue of this process. It is *open* and takes what it has room for; *closing*, from `close` on, until
 * what it has in hand has its outcome; then, or at once when it dies, *gone*.
 */
export class InProcessConsumer implements Consumer {
  private readonly items = new Set<QueuedWork>();
  private state: 'open' | 'closing' | 'gone' = 'open';
  private whenGone: (() => void)[] = [];

  constructor(
    private readonly inHand: number,
    private readonly handle: (work: Work) => Promise<WorkOutcome>,
    private readonly ports: ConsumerPorts,
  ) {}

  get hasRoom(): boolean {
    return this.state === 'open' && this.items.size < this.inHand;
  }

  take(item: QueuedWork): void {
    item.attempts++;
    this.items.add(item);
    void this.work(item);
  }

  close(): Promise<void> {
    if (this.state === 'open') this.state = 'closing';
    const gone = new Promise<void>((resolve) => this.whenGone.push(resolve));
    this.leaveIfIdle();
    return gone;
  }

  die(): void {
    this.leave();
  }

  private async work(item: QueuedWork): Promise<void> {
    const { work, attempts } = item;
    let outcome: WorkOutcome;
    try {
      outcome = await this.handle({ ...work, headers: work.headers ?? {}, attempts });
    } catch {
      outcome = { kind: 'again' };
    }
    if (!this.items.delete(item)) return;
    this.ports.settled(item, outcome);
    this.leaveIfIdle();
  }

  private leaveIfIdle(): void {
    if (this.state !== 'open' && this.items.size === 0) this.leave();
  }

  private leave(): void {
    if (this.state !== 'gone') {
      this.state = 'gone';
      const left = [...this.items];
      this.items.clear();
      this.ports.gone(left);
    }
    for (const resolve of this.whenGone.splice(0)) resolve();
  }
}
