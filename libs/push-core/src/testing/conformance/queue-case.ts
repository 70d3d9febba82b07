import type { Consumer, NewWork, Queue, Work, WorkOutcome } from '../../cluster/queue.js';
import type { QueueHarness } from './queue-harness.js';

const ATTEMPTS = 500;
/** Looked for so often before it is said that something does not happen. */
const QUIET_ROUNDS = 5;

export const DONE: WorkOutcome = { kind: 'done' };
export const AGAIN: WorkOutcome = { kind: 'again' };

export const newWork = (text: string, more: Omit<NewWork, 'body'> = {}): NewWork => ({ body: bytesOf(text), ...more });
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (body: Uint8Array): string => new TextDecoder().decode(body);
export const texts = (taken: readonly InHand[]): string[] => taken.map((one) => one.text);

/** A piece of work in hand, until the test answers it. */
export interface InHand {
  readonly text: string;
  readonly work: Work;
  answer(outcome: WorkOutcome): void;
  /** The handler throws. */
  fail(): void;
}
export interface Holder {
  /** All it was handed, in that order. */
  readonly taken: InHand[];
  readonly consumer: Consumer;
}

/** One test: a queue of its own, and consumers that keep what they get in hand. */
export class QueueCase {
  private readonly open: InHand[] = [];

  constructor(readonly harness: QueueHarness) {}

  put(...work: readonly NewWork[]): Promise<void> {
    return this.harness.queue.put(this.harness.name, work);
  }

  consume(handle: (work: Work) => Promise<WorkOutcome>, inHand = 100, queue = this.harness.queue): Consumer {
    return queue.consume(this.harness.name, { inHand }, handle);
  }

  hold(inHand = 100, queue: Queue = this.harness.queue): Holder {
    const taken: InHand[] = [];
    const handle = (work: Work): Promise<WorkOutcome> =>
      new Promise((resolve, reject) => {
        const fail = (): void => reject(new Error('the handler failed'));
        const one: InHand = { text: textOf(work.body), work, answer: resolve, fail };
        taken.push(one);
        this.open.push(one);
      });
    return { taken, consumer: this.consume(handle, inHand, queue) };
  }

  /** Asks again until it is so; the expectation that follows says what was missing. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS && !(await holds()); attempt++) await this.harness.flush();
  }

  /** Gives what should not happen the time to happen. */
  async quiet(): Promise<void> {
    for (let round = 0; round < QUIET_ROUNDS; round++) await this.harness.flush();
  }

  async dead(): Promise<readonly (readonly [text: string, reason: string])[]> {
    const letters = await this.harness.deadLetters(this.harness.name);
    return letters.map(({ body, reason }) => [textOf(body), reason] as const).sort();
  }

  async destroy(): Promise<void> {
    // Whoever closes a queue waits for what is in hand.
    for (const one of this.open) one.answer(DONE);
    await this.harness.destroy();
  }
}
