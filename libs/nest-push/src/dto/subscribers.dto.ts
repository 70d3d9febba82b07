import { LIMITS } from 'push-core';
import { IsList } from './rules/lists.js';
import { AreIds } from './rules/texts.js';

/** Body of `POST /v1/topics/{t}/subscribers`. */
export class SubscribersDto {
  @IsList({ min: 1, max: LIMITS.subscribersPerCall })
  @AreIds()
  users!: string[];
}
