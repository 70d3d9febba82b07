import type { Audience } from './audience.js';

/** What the provider shows when nobody has acknowledged in time. */
export interface Notification {
  readonly title?: string;
  readonly body?: string;
  readonly image?: string;
  readonly badge?: 'auto' | number;
  readonly sound?: string;
  readonly category?: string;
  /** Users who are named in it: their mutes do not hold it back. */
  readonly mentions?: readonly string[];
  /** A template of the tenant, instead of `title` and `body`, with `values` for what stands in it. */
  readonly template?: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

export interface PublishOptions {
  /** Seconds until it is no longer worth delivering; default 604800 (7 days). */
  readonly ttl?: number;
  readonly priority?: 'high' | 'normal';
  readonly collapseKey?: string;
  /** Not before then. Unix milliseconds. */
  readonly sendAt?: number;
  readonly volatile?: boolean;
  readonly offline?: { readonly mode?: 'fallback' | 'always' | 'never'; readonly waitMs?: number };
}

/** A publish, as the outside writes it (`POST /v1/messages`). */
export interface PublishInput {
  readonly to: Audience;
  readonly type: string;
  readonly thread?: string;
  /** Any JSON, 64 KiB at most. */
  readonly data?: unknown;
  readonly notification?: Notification;
  readonly options?: PublishOptions;
}

export interface PublishResult {
  readonly id: string;
  /** Unix milliseconds. */
  readonly acceptedAt: number;
  /** The idempotency key was used before with the same body: this is the first answer. */
  readonly duplicate: boolean;
}
