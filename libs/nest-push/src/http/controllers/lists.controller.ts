import { Inject } from '@nestjs/common';
import type {
  CursorSummary,
  MessagesQuery,
  MessageSummary,
  NamesQuery,
  Page,
  Push,
  TopicSummary,
  UserSummary,
} from 'push-core';
import { PUSH } from '../../tokens.js';
import type { Principal } from '../api-authenticator.js';
import { Caller, CheckedInput, type Input } from '../metadata.js';
import { cursorsOperation, messagesOperation, topicsOperation, usersOperation } from '../openapi/list.operations.js';
import { PushController, Route } from '../route.js';

type Listed<K extends string, T> = Readonly<Record<K, readonly T[]>> & { readonly next?: string };

@PushController()
export class ListsController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(messagesOperation)
  async messages(
    @Caller() { tenant }: Principal,
    @CheckedInput() { query }: Input<undefined, MessagesQuery>,
  ): Promise<Listed<'messages', MessageSummary>> {
    return named('messages', await this.push.lists.messages(tenant, query));
  }

  @Route(usersOperation)
  async users(
    @Caller() { tenant }: Principal,
    @CheckedInput() { query }: Input<undefined, NamesQuery>,
  ): Promise<Listed<'users', UserSummary>> {
    return named('users', await this.push.lists.users(tenant, query));
  }

  @Route(cursorsOperation)
  async cursors(
    @Caller() { tenant }: Principal,
    @CheckedInput() { params }: Input,
  ): Promise<{ cursors: readonly CursorSummary[] }> {
    return { cursors: await this.push.lists.cursors(tenant, params.user!) };
  }

  @Route(topicsOperation)
  async topics(
    @Caller() { tenant }: Principal,
    @CheckedInput() { query }: Input<undefined, NamesQuery>,
  ): Promise<Listed<'topics', TopicSummary>> {
    return named('topics', await this.push.lists.topics(tenant, query));
  }
}

const named = <K extends string, T>(name: K, { items, next }: Page<T>): Listed<K, T> =>
  ({ [name]: items, ...(next === undefined ? {} : { next }) }) as Listed<K, T>;
