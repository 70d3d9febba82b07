import type { Consumer, Queue } from '../../cluster/queue.js';

/** A queue under test, as a whole cluster sees it; each test gets one of its own. */
export interface QueueHarness {
  /** Two nodes' ways to the same queues, where the implementation knows nodes; else the same twice. */
  readonly queue: Queue;
  readonly other: Queue;
  /** Names a queue that is empty, has no dead letters and nobody else uses. */
  readonly name: string;
  /** As if the process that holds this consumer had died: from now on it is handed nothing, and what it says reaches nobody. */
  crash(consumer: Consumer): Promise<void>;
  /** What died in this queue, in any order. */
  deadLetters(queue: string): Promise<readonly HarnessDeadLetter[]>;
  /** Listens for answers at an address of its own. */
  listen(): Promise<HarnessReplies>;
  /**
   * Resolves when what is under way has arrived where it will, as far as that can be known. The suite asks again and
   * again for what it expects; it never waits for a time of its own.
   */
  flush(): Promise<void>;
  /** Lets go of everything, whatever the test has closed itself. */
  destroy(): Promise<void>;
}

export interface HarnessDeadLetter {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: string;
}

export interface HarnessReplies {
  /** To be given as `replyTo`. */
  readonly address: string;
  /** Grows as answers arrive. */
  readonly received: readonly { readonly body: Uint8Array; readonly correlationId?: string }[];
}
