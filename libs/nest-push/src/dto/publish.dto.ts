import { Allow } from 'class-validator';
import type { PublishInput } from 'push-core';
import { AudienceDto } from './audience.dto.js';
import { NotificationDto } from './notification.dto.js';
import { PublishOptionsDto } from './publish-options.dto.js';
import { AsGiven } from './rules/as-given.js';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { IsPart } from './rules/nested.js';
import { IsId } from './rules/texts.js';

/** Body of `POST /v1/messages`, and what `PushService.publish` takes. */
export class PublishDto implements PublishInput {
  @IsPart(() => AudienceDto)
  to!: AudienceDto;

  @IsId()
  type!: string;

  @MayBeAbsent()
  @IsId()
  thread?: string;

  /** Any JSON. Its size and depth are the engine's to look at. */
  @Allow()
  @AsGiven()
  data?: unknown;

  @MayBeAbsent()
  @IsPart(() => NotificationDto)
  notification?: NotificationDto;

  @MayBeAbsent()
  @IsPart(() => PublishOptionsDto)
  options?: PublishOptionsDto;
}
