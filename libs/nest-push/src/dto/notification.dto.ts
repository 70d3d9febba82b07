import { publishSchema, type Notification } from 'push-core';
import { fieldOf, Fits } from './rules/fits.js';
import { IsList } from './rules/lists.js';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { AreIds, IsShaped, IsText } from './rules/texts.js';

const schema = fieldOf(publishSchema, 'notification');

/** What a provider shows on a device that is not connected. */
export class NotificationDto implements Notification {
  @MayBeAbsent()
  @IsText({ max: 1024 })
  title?: string;

  @MayBeAbsent()
  @IsText({ max: 4096 })
  body?: string;

  @MayBeAbsent()
  @IsShaped(/^(?=.{0,2048}$)https:\/\//su, 'an https URL of at most 2048 characters')
  image?: string;

  @MayBeAbsent()
  @Fits(fieldOf(schema, 'badge'), '"auto" or a whole number')
  badge?: 'auto' | number;

  @MayBeAbsent()
  @IsText({ max: 128 })
  sound?: string;

  @MayBeAbsent()
  @IsText({ max: 128 })
  category?: string;

  /** Users who are named in it: their mutes do not hold it back. */
  @MayBeAbsent()
  @IsList({ max: 100 })
  @AreIds()
  mentions?: string[];

  /** A template of the tenant, instead of `title` and `body`, with `values` for what stands in it. */
  @MayBeAbsent()
  @IsShaped(/^[\w.-]{1,122}$/u, 'the name of a template')
  template?: string;

  @MayBeAbsent()
  @Fits(fieldOf(schema, 'values'), 'at most 50 texts and numbers by name')
  values?: Record<string, string | number>;
}
