import { LIMITS, type Audience } from 'push-core';
import { DeviceRefDto } from './device-ref.dto.js';
import { IsList } from './rules/lists.js';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { AreParts } from './rules/nested.js';
import { AreIds } from './rules/texts.js';

/** Who is left out of an audience. */
export class ExceptionsDto implements NonNullable<Audience['except']> {
  @MayBeAbsent()
  @IsList({ max: LIMITS.exceptions })
  @AreIds()
  users?: string[];

  @MayBeAbsent()
  @AreParts(() => DeviceRefDto, { max: LIMITS.exceptions })
  devices?: DeviceRefDto[];
}
