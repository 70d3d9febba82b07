import { LIMITS, type DeviceRegistration } from 'push-core';
import { ProviderTokenDto } from './provider-token.dto.js';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { AreParts } from './rules/nested.js';
import { IsText } from './rules/texts.js';

/** Body of `PUT /v1/users/{u}/devices/{d}`, and what `PushService.putDevice` takes. */
export class DeviceDto implements DeviceRegistration {
  @IsText({ min: 1, max: 64 })
  platform!: string;

  @MayBeAbsent()
  @AreParts(() => ProviderTokenDto, { max: LIMITS.tokensPerDevice })
  tokens: ProviderTokenDto[] = [];

  @MayBeAbsent()
  @IsText({ min: 1, max: 64 })
  locale?: string;

  @MayBeAbsent()
  @IsText({ min: 1, max: 64 })
  timeZone?: string;

  @MayBeAbsent()
  @IsText({ min: 1, max: 64 })
  appVersion?: string;
}
