import { AnswerBody } from '../answer-body.js';
import type { Pending } from '../pending.js';

/** One request that is under way on a connection. */
export class Stream {
  /** 0: no answer has begun. */
  status = 0;
  headers: Record<string, string> = {};
  body?: AnswerBody;
  /** Of the request's body, what the windows have not let through yet. */
  unsent?: Uint8Array;
  /** Received since the last WINDOW_UPDATE. */
  received = 0;

  constructor(
    readonly id: number,
    readonly pending: Pending,
    /** Elapsed time. */
    readonly startedAt: number,
    public sendWindow: number,
  ) {}

  /** False: more came than is wanted. */
  add(chunk: Buffer): boolean {
    this.body ??= new AnswerBody(this.pending.maxBodyBytes);
    return this.body.add(chunk);
  }

  /** The status is the answer; what is missing of the body is said with it. */
  settle(truncated: boolean): void {
    this.pending.settle({
      kind: 'answered',
      status: this.status,
      headers: this.headers,
      body: this.body?.text() ?? '',
      truncated,
    });
  }
}
