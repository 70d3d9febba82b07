/** Who a client is, as its token says. */
export interface Identity {
  readonly tenant: string;
  readonly user: string;
  /** The token is good for this device only. */
  readonly device?: string;
  /** Topics it may follow: exact names, or `news.*`. */
  readonly topics?: readonly string[];
  /** Unix milliseconds; the connection is closed then. */
  readonly expiresAt?: number;
  /** Unix milliseconds. Without it, a user that was ever revoked is refused. */
  readonly issuedAt?: number;
}

export type Authentication =
  { readonly kind: 'valid'; readonly identity: Identity } | { readonly kind: 'expired' } | { readonly kind: 'invalid' };

/**
 * Verifies client tokens. Asked at every connect, a resume too: nothing skips it.
 * It answers; it throws only when it cannot tell (its key store is down), and the client may then try again.
 */
export interface Authenticator {
  /** `now`: by the engine's clock, which all nodes of a cluster share. Unix milliseconds. */
  authenticate(token: string, now: number): Promise<Authentication>;
}
