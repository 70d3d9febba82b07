import { Inject } from '@nestjs/common';
import type { ErasedCounts, Preferences, Push } from 'push-core';
import { PUSH } from '../../tokens.js';
import type { Principal } from '../api-authenticator.js';
import { Caller, CheckedInput, type Input } from '../metadata.js';
import { preferencesOperation, putPreferencesOperation } from '../openapi/preference.operations.js';
import { disconnectOperation, eraseUserOperation } from '../openapi/user.operations.js';
import { PushController, Route } from '../route.js';

@PushController()
export class UsersController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(disconnectOperation)
  async disconnect(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<void> {
    await this.push.disconnect(tenant, params.user!);
  }

  @Route(eraseUserOperation)
  async erase(
    @Caller() { tenant }: Principal,
    @CheckedInput() { params }: Input,
  ): Promise<{ erased: ErasedCounts; finished: boolean }> {
    const { finished, ...erased } = await this.push.eraseUser(tenant, params.user!);
    return { erased, finished };
  }

  @Route(preferencesOperation)
  preferences(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<Preferences> {
    return this.push.notifications.preferences(tenant, params.user!);
  }

  @Route(putPreferencesOperation)
  putPreferences(@Caller() { tenant }: Principal, @CheckedInput() { params, body }: Input): Promise<Preferences> {
    return this.push.notifications.putPreferences(tenant, params.user!, body);
  }
}
