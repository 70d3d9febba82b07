import { Inject, UseInterceptors } from '@nestjs/common';
import {
  LIMITS,
  PushError,
  type BatchItem,
  type Explanation,
  type MessageReport,
  type PublishInput,
  type PublishResult,
  type Push,
  type RecallResult,
} from 'push-core';
import { PUSH } from '../../tokens.js';
import type { Principal } from '../api-authenticator.js';
import { Caller, CheckedInput, type Input } from '../metadata.js';
import {
  explainOperation,
  messageOperation,
  publishBatchOperation,
  publishOperation,
  recallOperation,
} from '../openapi/message.operations.js';
import { problemOf, type Problem } from '../problem.js';
import { QuotaHeaders } from '../quota-headers.js';
import { PushController, Route } from '../route.js';

@PushController()
export class MessagesController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @UseInterceptors(QuotaHeaders)
  @Route(publishOperation)
  publish(
    @Caller() { tenant }: Principal,
    @CheckedInput() { body, headers }: Input<PublishInput>,
  ): Promise<PublishResult> {
    return this.push.publish(tenant, body, { idempotencyKey: headers['Idempotency-Key'] });
  }

  @UseInterceptors(QuotaHeaders)
  @Route(publishBatchOperation)
  async publishBatch(
    @Caller() { tenant }: Principal,
    @CheckedInput() { body }: Input<Record<string, unknown>>,
  ): Promise<{ results: (PublishResult | Problem)[] }> {
    const outcomes = await this.push.publishBatch(tenant, messagesOf(body));
    return { results: outcomes.map((outcome) => (outcome.ok ? outcome.result : problemOf(outcome.error))) };
  }

  @Route(messageOperation)
  async message(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<object> {
    return shown(await this.push.message(tenant, params.id!));
  }

  @Route(explainOperation)
  explain(
    @Caller() { tenant }: Principal,
    @CheckedInput() { params, query }: Input<undefined, { user: string }>,
  ): Promise<Explanation> {
    return this.push.explain(tenant, params.id!, query.user);
  }

  @Route(recallOperation)
  recall(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<RecallResult> {
    return this.push.recall(tenant, params.id!);
  }
}

/** The envelope; each message in it is the engine's to judge, so that a bad one spoils only itself. */
function messagesOf(body: Record<string, unknown>): BatchItem[] {
  const unknown = Object.keys(body).find((name) => name !== 'messages');
  if (unknown !== undefined) {
    throw new PushError('UNKNOWN_FIELD', `There is no field "${unknown}"; remove it`, { field: unknown });
  }
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length < 1 || messages.length > LIMITS.batchMessages) {
    throw new PushError('INVALID', `"messages" must be an array of 1–${LIMITS.batchMessages} messages`, {
      field: 'messages',
    });
  }
  return messages as BatchItem[];
}

function shown({ message, state, counts, fanOut, notifying }: MessageReport): object {
  return {
    id: message.id,
    type: message.type,
    thread: message.thread,
    data: message.data === undefined ? undefined : (JSON.parse(message.data) as unknown),
    to: message.to,
    notification: message.notification,
    options: message.options,
    acceptedAt: message.acceptedAt,
    expiresAt: message.expiresAt,
    dueAt: message.dueAt,
    recalledAt: message.recalledAt,
    state,
    counts,
    fanOut,
    notifying,
  };
}
