import { Inject } from '@nestjs/common';
import { Caller, CheckedInput, PushController, Route, type Input } from 'nest-push/http';
import { PushError } from 'push-core';
import type { AccountPrincipal } from '../accounts/account-authenticator.js';
import type { StatAnswer, StatRange, Stats } from './stats.js';
import { statsOperation } from './stats.operations.js';
import { STATS } from './stats.tokens.js';

@PushController()
export class StatsController {
  constructor(@Inject(STATS) private readonly stats: Stats) {}

  @Route(statsOperation)
  read(
    @Caller() { everyTenant }: AccountPrincipal,
    @CheckedInput() { query }: Input<unknown, { range?: StatRange }>,
  ): Promise<StatAnswer> {
    if (!everyTenant) throw new PushError('NOT_ALLOWED', 'Only administrators of the server may do this');
    return this.stats.of(query.range ?? 'hour');
  }
}
