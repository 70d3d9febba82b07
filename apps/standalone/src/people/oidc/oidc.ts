import { createHash, randomBytes } from 'node:crypto';
import type * as OpenIdClient from 'openid-client';
import { PushError } from 'push-core';
import type { AccountMedium } from '../../accounts/account-medium.js';
import type { Desk } from '../desk.js';
import { AttemptStore } from './attempt-store.js';
import { personFor, type Admission } from './oidc-person.js';
import type { OidcSettings } from './oidc-settings.js';
import type { OidcName } from './oidc.tokens.js';

const SCOPE = 'openid email profile';
/** After a failed attempt to find the provider it is not asked for so long. */
const AGAIN_MS = 5_000;

export interface OidcStart {
  /** Where the browser goes. */
  readonly url: string;
  /** Kept by the browser meanwhile. */
  readonly cookie: string;
}

export type OidcOutcome =
  | Admission
  /** What came back is not good: forged, replayed, too late, or of somebody else's making. */
  | { readonly kind: 'refused'; readonly cause: unknown };

/**
 * Signing in at an OpenID provider: authorization code with PKCE, state and nonce. The id token's signature is checked, though it comes
 * from the provider itself. The provider is looked for when somebody first asks, and again later where it was not there.
 */
export class Oidc implements OidcName {
  readonly name: string;
  private readonly attempts: AttemptStore;
  private found: Promise<[typeof OpenIdClient, OpenIdClient.Configuration]> | undefined;

  constructor(
    private readonly desk: Desk,
    medium: AccountMedium,
    private readonly settings: OidcSettings,
    private readonly publicOrigin: string,
  ) {
    this.name = new URL(settings.issuer).hostname;
    this.attempts = new AttemptStore(medium);
  }

  /** Throws OVERLOADED where the provider does not answer. */
  async start(): Promise<OidcStart> {
    const [client, config] = await this.provider();
    const attempt = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const cookie = randomBytes(24).toString('base64url');
    await this.attempts.begin(cookie, attempt, this.desk.clock.now());
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: this.callback.href,
      scope: SCOPE,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, cookie };
  }

  /** `query` as the provider sent it with the browser. */
  async finish(cookie: string | undefined, query: string): Promise<OidcOutcome> {
    const attempt = cookie === undefined ? undefined : await this.attempts.take(cookie, this.desk.clock.now());
    if (!attempt) return { kind: 'refused', cause: 'no such attempt' };
    const [client, config] = await this.provider();
    const url = this.callback;
    url.search = query;
    try {
      const tokens = await client.authorizationCodeGrant(config, url, {
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        pkceCodeVerifier: attempt.verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) return { kind: 'refused', cause: 'no id token' };
      const subject = createHash('sha256')
        .update(JSON.stringify([claims.iss, claims.sub]))
        .digest('hex');
      const all = { ...(await this.moreOf(client, config, claims, tokens.access_token)), ...claims };
      return await personFor(this.desk, { subject, claims: all, roles: this.settings.roles });
    } catch (cause) {
      return { kind: 'refused', cause };
    }
  }

  /** Some providers tell who somebody is only when asked with the access token. */
  private async moreOf(
    client: typeof OpenIdClient,
    config: OpenIdClient.Configuration,
    claims: OpenIdClient.IDToken,
    accessToken: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { roles } = this.settings;
    const complete = claims.email !== undefined && (!roles || claims[roles.claim] !== undefined);
    if (complete || config.serverMetadata().userinfo_endpoint === undefined) return {};
    return client.fetchUserInfo(config, accessToken, claims.sub);
  }

  private get callback(): URL {
    return new URL('/console/oidc/callback', this.publicOrigin);
  }

  private provider(): Promise<[typeof OpenIdClient, OpenIdClient.Configuration]> {
    this.found ??= this.discover().catch((cause: unknown) => {
      this.desk.clock.after(AGAIN_MS, () => (this.found = undefined));
      throw new PushError('OVERLOADED', 'The place to sign in at does not answer; try again', {
        retryAfterMs: AGAIN_MS,
        cause,
      });
    });
    return this.found;
  }

  private async discover(): Promise<[typeof OpenIdClient, OpenIdClient.Configuration]> {
    const client = await import('openid-client');
    const { issuer, clientId, clientSecret } = this.settings;
    const url = new URL(issuer);
    const execute = [client.enableNonRepudiationChecks];
    // The operator named it; a provider beside the server needs no certificate.
    if (url.protocol === 'http:') execute.push(client.allowInsecureRequests);
    const config = await client.discovery(url, clientId, clientSecret, undefined, { execute, timeout: 10 });
    return [client, config];
  }
}
