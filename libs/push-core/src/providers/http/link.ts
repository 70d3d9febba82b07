import type { Pending } from './pending.js';

/** One connection, whatever it speaks. */
export interface Link {
  /** Requests it takes at this moment. */
  readonly room: number;
  /** It will have room again, as far as anybody knows. False from when it retires, is told to go away, or is suspected to be dead. */
  readonly usable: boolean;
  /** Requests it has. */
  readonly busy: number;
  /** Elapsed time since which it has none. */
  readonly idleSince: number;
  send(pending: Pending): void;
  /** Takes no more, and closes when it has none. Idempotent. */
  retire(): void;
}

/** What a link tells its site. */
export interface LinkEvents {
  /** It may have room. */
  freed(): void;
  /** This request was surely not processed. `sent` is false where it was not even tried. */
  refused(pending: Pending, reason: string, sent: boolean): void;
  /** Closed, for whatever reason; nothing comes after it. Called once. */
  gone(): void;
}
