import type { Message } from '../model/message.js';

/** `stored`: some recipient has not acknowledged yet. `delivered`: every recipient has, on at least one device. */
export type MessageState = 'recalled' | 'scheduled' | 'stored' | 'delivered' | 'expired';

export interface MessageCounts {
  /** Users the message is for: listed users, and the topics' subscribers now. */
  readonly recipients: number;
  /** Users with a device whose cursor has reached it. */
  readonly delivered: number;
  readonly notified: number;
  /** Users with a read mark that covers it. */
  readonly read: number;
  readonly failed: number;
  /** Recipients that had not got it when it expired. */
  readonly expired: number;
}

export interface MessageReport {
  readonly message: Message;
  readonly state: MessageState;
  readonly counts: MessageCounts;
}
