import type { Message } from '../model/message.js';

/** `stored`: some recipient has not acknowledged yet. `delivered`: every recipient has, on at least one device. */
export type MessageState = 'recalled' | 'scheduled' | 'stored' | 'delivered' | 'expired';

export interface MessageCounts {
  /** Users the message is for: listed users, and the topics' subscribers now. */
  readonly recipients: number;
  /** Users with a device whose cursor has reached it. */
  readonly delivered: number;
  /** Users with a notification a provider took. */
  readonly notified: number;
  /** Users with a read mark that covers it. */
  readonly read: number;
  /** Users with none, and one that failed. */
  readonly failed: number;
  /** Recipients that had not got it when it expired. */
  readonly expired: number;
}

export interface MessageReport {
  readonly message: Message;
  readonly state: MessageState;
  readonly counts: MessageCounts;
  /** While a long audience is not done: streams it was appended to, of how many. */
  readonly fanOut?: { readonly done: number; readonly total: number };
  /**
   * While it is decided who is notified: recipients looked at in this pass. `away`: those without a connection, at once; `left`: those who had
   * one, and are looked at in pass `rest`, when the wait is over.
   */
  readonly notifying?: { readonly pass: 'away' | 'rest'; readonly done: number; readonly left: number };
}
