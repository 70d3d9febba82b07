import { IsBoolean, IsIn } from 'class-validator';
import { LIMITS, type PublishOptions } from 'push-core';
import { OfflineOptionsDto } from './offline-options.dto.js';
import { AsGiven } from './rules/as-given.js';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { IsPart } from './rules/nested.js';
import { IsWhole } from './rules/numbers.js';
import { IsText } from './rules/texts.js';

export class PublishOptionsDto implements PublishOptions {
  /** Seconds, 30 days at most. */
  @MayBeAbsent()
  @IsWhole({ min: 1, max: LIMITS.ttlSeconds })
  ttl?: number;

  @MayBeAbsent()
  @AsGiven()
  @IsIn(['high', 'normal'])
  priority?: 'high' | 'normal';

  @MayBeAbsent()
  @IsText({ min: 1, max: 64 })
  collapseKey?: string;

  /** Not before then. Unix milliseconds. */
  @MayBeAbsent()
  @IsWhole({ min: 0 })
  sendAt?: number;

  @MayBeAbsent()
  @AsGiven()
  @IsBoolean()
  volatile?: boolean;

  @MayBeAbsent()
  @IsPart(() => OfflineOptionsDto)
  offline?: OfflineOptionsDto;
}
