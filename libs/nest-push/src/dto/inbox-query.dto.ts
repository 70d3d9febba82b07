import { LIMITS, type InboxQuery } from 'push-core';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { IsWholeInQuery } from './rules/query-number.js';
import { IsId } from './rules/texts.js';

/** Query of `GET /v1/users/{u}/inbox`, and what `PushService.inbox` takes. */
export class InboxQueryDto implements InboxQuery {
  /** Entries with a greater `seq`. */
  @MayBeAbsent()
  @IsWholeInQuery({ min: 0 })
  after?: number;

  @MayBeAbsent()
  @IsWholeInQuery({ min: 1, max: LIMITS.inboxPage })
  limit?: number;

  @MayBeAbsent()
  @IsId()
  thread?: string;
}
