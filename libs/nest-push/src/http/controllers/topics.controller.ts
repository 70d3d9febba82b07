import { Inject } from '@nestjs/common';
import type { Push, Subscriber } from 'push-core';
import { PUSH } from '../../tokens.js';
import type { Principal } from '../api-authenticator.js';
import { Caller, CheckedInput, type Input } from '../metadata.js';
import {
  SUBSCRIBERS_PAGE,
  subscribeManyOperation,
  subscribeOperation,
  subscribersOperation,
  unsubscribeOperation,
} from '../openapi/topic.operations.js';
import { PushController, Route } from '../route.js';

@PushController()
export class TopicsController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(subscribeOperation)
  async subscribe(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<void> {
    await this.push.subscribe(tenant, params.topic!, [params.user!]);
  }

  @Route(unsubscribeOperation)
  async unsubscribe(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<void> {
    await this.push.unsubscribe(tenant, params.topic!, [params.user!]);
  }

  @Route(subscribeManyOperation)
  async subscribeMany(
    @Caller() { tenant }: Principal,
    @CheckedInput() { params, body }: Input<{ users: string[] }>,
  ): Promise<{ added: readonly string[] }> {
    return { added: await this.push.subscribe(tenant, params.topic!, body.users) };
  }

  @Route(subscribersOperation)
  async subscribers(
    @Caller() { tenant }: Principal,
    @CheckedInput() { params, query }: Input<undefined, { after?: string; limit?: number }>,
  ): Promise<{ subscribers: readonly Subscriber[]; next?: string }> {
    const limit = query.limit ?? SUBSCRIBERS_PAGE;
    const subscribers = await this.push.subscribers(tenant, params.topic!, { after: query.after, limit });
    return { subscribers, next: subscribers.length < limit ? undefined : subscribers.at(-1)?.user };
  }
}
