import { IsBoolean } from 'class-validator';
import { LIMITS, type Audience } from 'push-core';
import { DeviceRefDto } from './device-ref.dto.js';
import { ExceptionsDto } from './exceptions.dto.js';
import { AsGiven } from './rules/as-given.js';
import { IsList } from './rules/lists.js';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { AreParts, IsPart } from './rules/nested.js';
import { AreIds, AreTopics } from './rules/texts.js';

/** `to` of a publish. That somebody is addressed at all, the engine sees to (`NO_AUDIENCE`). */
export class AudienceDto implements Audience {
  @MayBeAbsent()
  @IsList({ max: LIMITS.audienceUsers })
  @AreIds()
  users?: string[];

  @MayBeAbsent()
  @IsList({ max: LIMITS.audienceTopics })
  @AreTopics()
  topics?: string[];

  @MayBeAbsent()
  @AreParts(() => DeviceRefDto, { max: LIMITS.audienceDevices })
  devices?: DeviceRefDto[];

  @MayBeAbsent()
  @AsGiven()
  @IsBoolean()
  all?: boolean;

  @MayBeAbsent()
  @IsPart(() => ExceptionsDto)
  except?: ExceptionsDto;
}
