import { Inject } from '@nestjs/common';
import type { Preferences, Push } from 'push-core';
import { PUSH } from '../../tokens.js';
import type { Principal } from '../api-authenticator.js';
import { Caller, CheckedInput, type Input } from '../metadata.js';
import { preferencesOperation, putPreferencesOperation } from '../openapi/preference.operations.js';
import { disconnectOperation } from '../openapi/user.operations.js';
import { PushController, Route } from '../route.js';

@PushController()
export class UsersController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(disconnectOperation)
  async disconnect(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<void> {
    await this.push.disconnect(tenant, params.user!);
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
