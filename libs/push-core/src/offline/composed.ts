import type { MessageClass } from '../providers/provider.js';

/**
 * A notification as one device is to get it: composed, translated, shortened. Everything a user wrote is in `title`, `body`,
 * `image` and `data`, nowhere else; a provider puts `data` under a key of its own and never spreads it over the payload.
 */
export interface Composed {
  /** One name for one notification to one device: kept through every retry (`apns-id`, `requestId`, …). A UUID. */
  readonly id: string;
  readonly messageId: string;
  /** Absent: nothing to show, a data push. */
  readonly title?: string;
  readonly body?: string;
  /** https URL. */
  readonly image?: string;
  /** The user's real unread count at the time of sending. Absent: left as it is. */
  readonly badge?: number;
  readonly sound?: string;
  readonly category?: string;
  readonly messageClass: MessageClass;
  readonly thread?: string;
  /** A later one with the same key replaces an earlier one. 64 bytes at most; hashed by the composer where it would be longer. */
  readonly collapseKey?: string;
  readonly priority: 'high' | 'normal';
  /** Not worth showing after that. Unix milliseconds. */
  readonly expiresAt: number;
  /** What the app gets along: always `{id, stream, seq, type, thread?, …}`, and with privacy `full` the message's `data` where it fits. Strings only. */
  readonly data: Readonly<Record<string, string>>;
  /** The app should fetch and replace the text before it is shown (`mutable-content`). */
  readonly mutable: boolean;
}

/** A notification that was shown and is to go away. */
export interface Retraction {
  /** A UUID of its own. */
  readonly id: string;
  /** Of the notification that is taken back: `Composed.id` and what the provider called it. */
  readonly notificationId: string;
  readonly providerId?: string;
  readonly messageId: string;
  readonly thread?: string;
  readonly collapseKey?: string;
  /** The unread count now. */
  readonly badge: number;
  readonly reason: 'read' | 'acknowledged' | 'recalled';
}
