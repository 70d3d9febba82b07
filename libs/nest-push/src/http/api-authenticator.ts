export type Role = 'admin' | 'publisher' | 'reader';

/** Whose key it is, and the tenant the request is about. */
export interface Principal {
  readonly tenant: string;
  readonly role: Role;
}

export type ApiAuthentication =
  | { readonly kind: 'ok'; readonly principal: Principal }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'not-found'; readonly what: 'tenant' };

/**
 * Says whose API key it is. The host brings its own.
 * `tenantHeader` is `X-Tenant`: an admin key names the tenant with it; for any other key the key alone decides.
 * It throws only when it cannot tell (its key store is down): a retryable PushError answers 503.
 */
export interface ApiAuthenticator {
  authenticate(key: string, tenantHeader: string | undefined): Promise<ApiAuthentication>;
}
