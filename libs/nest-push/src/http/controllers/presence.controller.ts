import { Inject } from '@nestjs/common';
import type { Push, UserPresence } from 'push-core';
import { PUSH } from '../../tokens.js';
import type { Principal } from '../api-authenticator.js';
import { Caller, CheckedInput, type Input } from '../metadata.js';
import { presenceOfManyOperation, presenceOperation } from '../openapi/presence.operations.js';
import { PushController, Route } from '../route.js';

@PushController()
export class PresenceController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(presenceOperation)
  async presence(
    @Caller() { tenant }: Principal,
    @CheckedInput() { params }: Input,
  ): Promise<UserPresence | undefined> {
    const [found] = await this.push.presence(tenant, [params.user!]);
    return found;
  }

  @Route(presenceOfManyOperation)
  async presenceOfMany(
    @Caller() { tenant }: Principal,
    @CheckedInput() { body }: Input<{ users: readonly string[] }>,
  ): Promise<{ users: readonly UserPresence[] }> {
    return { users: await this.push.presence(tenant, body.users) };
  }
}
