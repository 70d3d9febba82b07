import { Inject, Optional } from '@nestjs/common';
import { PushError, type Push } from 'push-core';
import type { IssuedToken, TokenIssuer, TokenRequest } from '../../auth/token-request.js';
import { PUSH } from '../../tokens.js';
import type { Principal } from '../api-authenticator.js';
import { TOKEN_ISSUER } from '../http.tokens.js';
import { Caller, CheckedInput, type Input } from '../metadata.js';
import { issueTokenOperation } from '../openapi/token.operations.js';
import { PushController, Route } from '../route.js';

@PushController()
export class TokensController {
  constructor(
    @Inject(PUSH) private readonly push: Push,
    @Optional() @Inject(TOKEN_ISSUER) private readonly issuer?: TokenIssuer,
  ) {}

  @Route(issueTokenOperation)
  async issue(@Caller() { tenant }: Principal, @CheckedInput() { body }: Input<TokenRequest>): Promise<IssuedToken> {
    if (!this.issuer) throw new PushError('NOT_SUPPORTED', 'This server does not make client tokens');
    const { token, expiresAt } = await this.issuer.issue(tenant, body, this.push.now());
    return { token, expiresAt };
  }
}
