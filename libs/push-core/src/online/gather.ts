import type { Clock } from '../clock/clock.js';

interface Wish<Q, A> {
  readonly question: Q;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What is asked one by one within a turn of the event loop, asked of the store at once, so many at a time: the rest waits
 * for the next turn, and whatever else has arrived gets its turn in between. Thousands of devices that come back together
 * cost some dozens of calls, and never a long pause.
 */
export class Gather<Q, A> {
  private wishes: Wish<Q, A>[] = [];
  private isPlanned = false;

  constructor(
    private readonly clock: Clock,
    private readonly mostAtOnce: number,
    /** An answer a question, in their order. */
    private readonly answer: (questions: readonly Q[]) => Promise<readonly A[]>,
  ) {}

  /** Rejects where the call for all of them fails. */
  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.wishes.push({ question, resolve, reject });
      this.plan();
    });
  }

  private plan(): void {
    if (this.isPlanned || this.wishes.length === 0) return;
    this.isPlanned = true;
    this.clock.soon(() => {
      this.isPlanned = false;
      const some = this.wishes.splice(0, this.mostAtOnce);
      this.plan();
      void this.fulfil(some);
    });
  }

  private async fulfil(wishes: readonly Wish<Q, A>[]): Promise<void> {
    try {
      const answers = await this.answer(wishes.map((wish) => wish.question));
      wishes.forEach((wish, i) => wish.resolve(answers[i] as A));
    } catch (error) {
      for (const wish of wishes) wish.reject(error);
    }
  }
}
