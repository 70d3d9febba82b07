import { preferencesSchema, type Preferences } from 'push-core';
import { QuietHoursDto } from './quiet-hours.dto.js';
import { fieldOf, Fits } from './rules/fits.js';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { IsPart } from './rules/nested.js';

const MUTES = 'Unix milliseconds by name: until when; 0: for good';

/** Body of `PUT /v1/users/{u}/preferences`. */
export class PreferencesDto implements Preferences {
  @MayBeAbsent()
  @Fits(fieldOf(preferencesSchema, 'mutedThreads'), MUTES)
  mutedThreads?: Record<string, number>;

  @MayBeAbsent()
  @Fits(fieldOf(preferencesSchema, 'mutedCategories'), MUTES)
  mutedCategories?: Record<string, number>;

  @MayBeAbsent()
  @IsPart(() => QuietHoursDto)
  quietHours?: QuietHoursDto;
}
