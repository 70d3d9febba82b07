import { IsIn } from 'class-validator';
import type { PublishOptions } from 'push-core';
import { AsGiven } from './rules/as-given.js';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { IsWhole } from './rules/numbers.js';

/** When the providers are told of a message. */
export class OfflineOptionsDto implements NonNullable<PublishOptions['offline']> {
  @MayBeAbsent()
  @AsGiven()
  @IsIn(['fallback', 'always', 'never'])
  mode?: 'fallback' | 'always' | 'never';

  /** Milliseconds, a day at most. */
  @MayBeAbsent()
  @IsWhole({ min: 0, max: 24 * 3600 * 1000 })
  waitMs?: number;
}
