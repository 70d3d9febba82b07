import { ArrayUnique, IsInt, Max, Min } from 'class-validator';
import type { Preferences } from 'push-core';
import { AsGiven } from './rules/as-given.js';
import { IsList } from './rules/lists.js';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { IsShaped } from './rules/texts.js';
import { IsTimeZoneName } from './rules/time-zone.js';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/u;

/** No notifications in these hours; `to` may lie before `from`: over midnight. */
export class QuietHoursDto implements NonNullable<Preferences['quietHours']> {
  @IsShaped(TIME, 'HH:MM, 00:00 to 23:59')
  from!: string;

  @IsShaped(TIME, 'HH:MM, 00:00 to 23:59')
  to!: string;

  /** Default: that of the device. */
  @MayBeAbsent()
  @IsTimeZoneName()
  timeZone?: string;

  /** 1 (Monday) – 7; days on which they begin. Default: all. */
  @MayBeAbsent()
  @AsGiven()
  @IsList({ min: 1, max: 7 })
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(7, { each: true })
  days?: number[];
}
