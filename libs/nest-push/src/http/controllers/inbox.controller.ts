import { Inject } from '@nestjs/common';
import type { Inbox, InboxQuery, Push } from 'push-core';
import { PUSH } from '../../tokens.js';
import type { Principal } from '../api-authenticator.js';
import { Caller, CheckedInput, type Input } from '../metadata.js';
import { inboxOperation } from '../openapi/inbox.operations.js';
import { PushController, Route } from '../route.js';

@PushController()
export class InboxController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(inboxOperation)
  inbox(
    @Caller() { tenant }: Principal,
    @CheckedInput() { params, query }: Input<undefined, InboxQuery>,
  ): Promise<Inbox> {
    return this.push.inbox(tenant, params.user!, query);
  }
}
