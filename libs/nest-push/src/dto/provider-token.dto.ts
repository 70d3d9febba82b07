import { IsIn } from 'class-validator';
import type { ProviderToken } from 'push-core';
import { AsGiven } from './rules/as-given.js';
import { Fits } from './rules/fits.js';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { IsText } from './rules/texts.js';

const TOKEN = {
  anyOf: [
    { type: 'string', minLength: 1, maxLength: 4096 },
    { type: 'object', minProperties: 1 },
  ],
};

/** Where a provider reaches a device. What a token of this provider looks like, the provider checks. */
export class ProviderTokenDto implements ProviderToken {
  @IsText({ min: 1, max: 32 })
  provider!: string;

  /** A text for most providers, `{endpoint, keys}` for Web Push. */
  @Fits(TOKEN, 'a text of 1–4096 characters or an object that is not empty')
  token!: string | Record<string, unknown>;

  @MayBeAbsent()
  @AsGiven()
  @IsIn(['production', 'sandbox'])
  environment?: 'production' | 'sandbox';

  @MayBeAbsent()
  @IsText({ min: 1, max: 256 })
  topic?: string;
}
