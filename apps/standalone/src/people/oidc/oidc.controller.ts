import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Logger, Req, Res } from '@nestjs/common';
import { PUSH } from 'nest-push';
import { PushController, Route } from 'nest-push/http';
import type { Push } from 'push-core';
import { addressOf, cookiesOf, isHttps } from '../console-request.js';
import { DESK, type Desk } from '../desk.js';
import { SessionDoor } from '../session-door.js';
import { ATTEMPT_MS } from './attempt-store.js';
import type { Oidc } from './oidc.js';
import { oidcCallbackOperation, oidcStartOperation } from './oidc.operations.js';
import { OIDC } from './oidc.tokens.js';

const COOKIE = 'push_oidc';

@PushController()
export class OidcController {
  private readonly logger = new Logger('Console');
  private readonly door: SessionDoor;

  constructor(
    @Inject(DESK) private readonly desk: Desk,
    @Inject(OIDC) private readonly oidc: Oidc,
    @Inject(PUSH) private readonly push: Push,
  ) {
    this.door = new SessionDoor(desk);
  }

  @Route(oidcStartOperation)
  async start(@Req() request: IncomingMessage, @Res({ passthrough: true }) response: ServerResponse): Promise<void> {
    const { url, cookie } = await this.oidc.start();
    this.keep(request, response, cookie);
    response.setHeader('Location', url);
  }

  @Route(oidcCallbackOperation)
  async callback(@Req() request: IncomingMessage, @Res({ passthrough: true }) response: ServerResponse): Promise<void> {
    const query = new URL(request.url ?? '', 'http://here').search;
    const outcome = await this.oidc.finish(cookiesOf(request).get(COOKIE), query);
    const address = addressOf(this.push, request);
    switch (outcome.kind) {
      case 'in': {
        const { id, name, tenant } = outcome.person;
        await this.door.letIn(request, response, outcome.person);
        const act = { actor: { kind: 'person', id, name }, action: 'oidcCallback', outcome: 'ok', address } as const;
        await this.desk.audit.record({ ...act, tenant: tenant === '*' ? undefined : tenant });
        return void response.setHeader('Location', '/console');
      }
      case 'refused':
        // Its text may hold what the provider sent; its kind says enough.
        this.logger.warn(`a sign-in at the OpenID provider was refused: ${kindOf(outcome.cause)}`);
        break;
      case 'stranger':
        break;
    }
    const actor = { kind: 'person', id: 'unknown' } as const;
    await this.desk.audit.record({ actor, action: 'oidcCallback', outcome: 'UNAUTHORIZED', address });
    this.keep(request, response, undefined);
    response.setHeader(
      'Location',
      `/console?problem=${outcome.kind === 'stranger' ? 'oidc-stranger' : 'oidc-refused'}`,
    );
  }

  /** It has to come along from the provider's page, hence not `Strict`; it is good for nothing else. */
  private keep(request: IncomingMessage, response: ServerResponse, cookie: string | undefined): void {
    const secure = isHttps(request, this.desk.settings.publicOrigin) ? '; Secure' : '';
    const age = cookie === undefined ? 0 : ATTEMPT_MS / 1000;
    response.setHeader(
      'Set-Cookie',
      `${COOKIE}=${cookie ?? ''}; Path=/console/oidc; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`,
    );
  }
}

const kindOf = (cause: unknown): string => {
  if (typeof cause === 'string') return cause;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : cause instanceof Error ? cause.name : 'unknown';
};
