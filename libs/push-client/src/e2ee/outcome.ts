import type { SealedNotification } from './content.js';
import type { DeviceName, KeyChange, KnownDevice } from './trust-book.js';

export interface VerifiedSender extends KnownDevice {
  /** The user has compared fingerprints and said so; otherwise it is who it was at first sight. */
  readonly isVerified: boolean;
}

export interface Opened {
  readonly kind: 'opened';
  readonly data: unknown;
  readonly notification?: SealedNotification;
  readonly sender: VerifiedSender;
  /** The sender's name for it: the same however often it comes. */
  readonly id: string;
  /** By the sender's clock, Unix milliseconds. */
  readonly sealedAt: number;
  /** This entry was opened before: the server sends until it is acknowledged. */
  readonly isAgain: boolean;
  /** A later one of this sender was opened before it: delayed on its way, or scheduled. */
  readonly isOvertaken: boolean;
}

/** Why it says nothing. */
export type Unreadable =
  /** Genuine, and for other devices: sealed before this one was known to the sender, or for a key that was given up. */
  | { readonly kind: 'notForThisDevice'; readonly sender: VerifiedSender }
  /** The directory knows no such device, or its bundle is no good. */
  | { readonly kind: 'unknownSender'; readonly sender: KnownDevice }
  /** It waits for `accept` (`newDevices: 'confirm'`). */
  | { readonly kind: 'unconfirmedSender'; readonly sender: KnownDevice }
  | { readonly kind: 'keyChanged'; readonly change: KeyChange }
  | { readonly kind: 'removedDevice'; readonly sender: KnownDevice }
  /** Something is not as its sender sealed it: content, recipients, thread, type, signature. */
  | { readonly kind: 'tampered' }
  /** Genuine, and opened before as another entry, or older than what is remembered. */
  | { readonly kind: 'replayed'; readonly sender: VerifiedSender }
  /** Of a later version of this SDK. */
  | { readonly kind: 'unsupported'; readonly version: unknown }
  /** Plain data: anybody who can publish may have written it. */
  | { readonly kind: 'notSealed' };

export type OpenOutcome = Opened | Unreadable;

export interface LeftOut extends DeviceName {
  readonly reason: 'keyChanged' | 'unconfirmed' | 'removed' | 'stale';
}

export type SealOutcome<Data> =
  | {
      readonly kind: 'sealed';
      /** For `data` of the publish. */
      readonly data: Data;
      /** For `notification` of the publish: what servers and providers may know. */
      readonly notification: { readonly title?: string; readonly body: string };
      readonly devices: number;
      readonly leftOut: readonly LeftOut[];
      /** Users among those named for whom there is no device to seal for: they will not be able to read it. */
      readonly unreachable: readonly string[];
    }
  /** Nothing was sealed: ask the user, `accept`, and seal again; or say `leaveOut`. */
  | { readonly kind: 'keyChanged'; readonly changes: readonly KeyChange[] }
  | { readonly kind: 'noDevices' }
  /** `fits`: how many of these devices this content can be sealed for at once. Put the rest into further messages, or the content elsewhere. */
  | {
      readonly kind: 'tooLarge';
      readonly bytes: number;
      readonly maxBytes: number;
      readonly devices: number;
      readonly fits: number;
    };
