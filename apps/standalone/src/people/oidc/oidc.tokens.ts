/** Injects `OidcName`; absent: nobody signs in elsewhere. */
export const OIDC = Symbol.for('standalone.oidc');

export interface OidcName {
  /** What the button says. */
  readonly name: string;
}
