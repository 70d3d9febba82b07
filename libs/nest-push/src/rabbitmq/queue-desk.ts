import { isPushError } from 'push-core';
import type { Deadline } from './deadline.js';
import type { Session } from './session.js';
import { declare, workQueue } from './topology.js';
import { replyCode, unavailable } from './trouble.js';

interface Declaration {
  readonly done: Promise<void>;
  /** Not asked for again before; as `performance.now()`. */
  refusedUntil?: number;
}

/** Declares queues of work for those who put something into them, each once a connection. */
export class QueueDesk {
  private readonly declarations = new Map<string, Declaration>();
  private readonly stop: () => void;

  constructor(
    private readonly prefix: string,
    private readonly session: Session,
    /** So long a refusal counts. */
    private readonly refusedMs: number,
  ) {
    this.stop = session.onStep(() => {
      if (!session.isUp) this.declarations.clear();
    });
  }

  /** Waits for a connection too, and for the next where one is lost. Rejects where the queue cannot be had, or not in time. */
  async ensure(queue: string, deadline: Deadline): Promise<void> {
    for (;;) {
      await this.connected(deadline);
      const { done } = this.declaration(queue);
      try {
        return await deadline.race(done, () => {
          this.session.hear('overdue');
          return unavailable(`the broker did not declare queue "${queue}" in time`);
        });
      } catch (thrown) {
        if (isRefusal(thrown) || this.session.isUp) throw thrown;
      }
    }
  }

  /** It was seen that the queue is gone. */
  forget(queue: string): void {
    this.declarations.delete(queue);
  }

  /** Resolves when there is a connection. */
  connected(deadline: Deadline): Promise<void> {
    const { session } = this;
    if (session.isUp) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const forget = deadline.onPassed(() => {
        stop();
        reject(unavailable(session.status().reason ?? 'no connection'));
      });
      const stop = session.onStep(() => {
        if (!session.isUp) return;
        stop();
        forget();
        resolve();
      });
    });
  }

  close(): void {
    this.stop();
    this.declarations.clear();
  }

  private declaration(queue: string): Declaration {
    const known = this.declarations.get(queue);
    if (known && (known.refusedUntil ?? Infinity) > performance.now()) return known;
    const topology = workQueue(this.prefix, queue);
    const made: Declaration = { done: this.session.borrow((amqpChannel) => declare(amqpChannel, topology)) };
    this.declarations.set(queue, made);
    made.done.catch((thrown: unknown) => {
      if (isRefusal(thrown)) made.refusedUntil = performance.now() + this.refusedMs;
      else if (this.declarations.get(queue) === made) this.declarations.delete(queue);
    });
    return made;
  }
}

/** The broker's own no stays one for a while; what the connection spoilt does not. */
const isRefusal = (thrown: unknown): boolean => isPushError(thrown) || replyCode(thrown) !== undefined;
