import type { Composed, Retraction } from '../../offline/composed.js';
import type { ProviderName, ProviderTraits, SendResult } from '../provider.js';
import type { Fields } from './credentials.js';

export type Credentials = Readonly<Record<string, string>>;

/**
 * How one vendor is spoken to. The exchange around it is the same for all of them (see `VendorProvider`): equal contents go out
 * together, access tokens are fetched, kept and renewed once when they are refused, results are mapped back to who asked.
 */
export interface Dialect {
  readonly name: ProviderName;
  readonly traits: ProviderTraits;
  readonly fields: Fields;
  /** Without a path. */
  readonly endpoint: string;
  readonly authEndpoint?: string;
  /** Vendors whose requests carry a token that has to be fetched, or made, first. */
  readonly access?: Access;
  /** Tokens in one request. */
  readonly tokensAtOnce: number;
  /** `equal`: what one request carries is the same for all its tokens. `any`: each item has its own content. */
  readonly together: 'equal' | 'any';
  /** What goes out for a notification, as data without the token: two of them that are written alike are alike. */
  compose(notification: Composed, credentials: Credentials, now: number): Draft;
  /** Never rejects. */
  deliver(parcel: Parcel, line: Line): Promise<Reading>;
  /** Absent: this vendor cannot. */
  retract?(token: string, retraction: Retraction, line: Line): Promise<Reading | undefined>;
  /** A request that shows nothing and tells whether the credentials are right. Absent: getting access says so. */
  probe?(line: Line): Promise<Reading>;
}

export interface Access {
  /** Made anew in the background when it is this old. */
  readonly refreshAfterMs: number;
  /** Never rejects. */
  make(line: Line): Promise<Made>;
}

export type Made =
  /** Unix milliseconds. */
  | { readonly kind: 'made'; readonly value: string; readonly expiresAt: number }
  | { readonly kind: 'failed'; readonly result: SendResult };

export type Draft =
  { readonly kind: 'draft'; readonly content: Content } | { readonly kind: 'refused'; readonly result: SendResult };

export type Content = Readonly<Record<string, unknown>>;

export interface Item {
  readonly token: string;
  readonly content: Content;
  /** `Composed.id`. */
  readonly id: string;
}

/** What goes out in one request; one item at least. */
export interface Parcel {
  readonly items: readonly Item[];
  /** One name for this request, the same when it is sent again: the notification's own where it is alone. A UUID's length at most. */
  readonly key: string;
}

/** A result for each item, or: the access token was refused. */
export type Reading = readonly SendResult[] | 'stale_access';

/** What a dialect speaks through: one tenant's credentials, one access token, one deadline. */
export interface Line {
  readonly credentials: Credentials;
  /** Unix milliseconds. */
  readonly now: number;
  /** '' where the vendor has none. */
  readonly access: string;
  /** Never rejects. `to`: `auth` goes to `authEndpoint`. */
  post(path: string, content: Posted): Promise<Answer>;
}

export interface Posted {
  readonly to?: 'endpoint' | 'auth';
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
}

/** `answered`: with a JSON object, whatever the status. Everything else is a result already. */
export type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly json: Readonly<Record<string, unknown>>;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'failed'; readonly result: SendResult; readonly unauthorized: boolean };
