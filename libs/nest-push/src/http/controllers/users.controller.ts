import { Inject } from '@nestjs/common';
import type { Push } from 'push-core';
import { PUSH } from '../../tokens.js';
import type { Principal } from '../api-authenticator.js';
import { Caller, CheckedInput, type Input } from '../metadata.js';
import { disconnectOperation } from '../openapi/user.operations.js';
import { PushController, Route } from '../route.js';

@PushController()
export class UsersController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(disconnectOperation)
  async disconnect(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<void> {
    await this.push.disconnect(tenant, params.user!);
  }
}
