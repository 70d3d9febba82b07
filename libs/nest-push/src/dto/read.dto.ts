import type { MarkRequest } from 'push-core';
import { AckDto } from './ack.dto.js';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { IsId } from './rules/texts.js';

/** Body of `POST /v1/read`, and what `PushService.markRead` takes: without `thread` the whole stream is read up to `seq`. */
export class ReadDto extends AckDto implements MarkRequest {
  @MayBeAbsent()
  @IsId()
  thread?: string;
}
