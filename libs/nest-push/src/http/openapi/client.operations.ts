import { idSchema, topicSchema, type JsonSchema } from 'push-core';
import { CURSOR_LIMITS, POLL_WAIT } from 'push-core/http';
import type { Operation } from '../operation.js';
import { answer, anything, count, listOf, text, time } from './schemas.js';

const tag = 'clients';
const device: JsonSchema = { ...idSchema, description: 'may be left out where the token names one' };
const cursor = (description: string): JsonSchema => ({
  type: 'string',
  maxLength: CURSOR_LIMITS.characters,
  description,
});
const streamName: JsonSchema = { anyOf: [{ enum: ['@me', '@all'] }, topicSchema], description: '@me, @all or a topic' };
const seq: JsonSchema = { type: 'integer', minimum: 0 };
const strict = (properties: Record<string, JsonSchema>, required: readonly string[]): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

export const sseOperation: Operation = {
  id: 'stream',
  method: 'GET',
  path: '/v1/sse',
  tag,
  summary: "The device's streams as server-sent events; each event's id is a cursor",
  access: 'client',
  client: { ticket: true, link: true },
  query: {
    device,
    follow: { type: 'array', items: topicSchema, maxItems: 100, description: 'topics; repeated, or with commas' },
    ticket: { type: 'string', minLength: 1, maxLength: 128, description: 'in place of the token; from /v1/tickets' },
    lastEventId: cursor('for clients that cannot send Last-Event-ID, which counts where both are given'),
  },
  headers: { 'Last-Event-ID': cursor('the id of the last event: acknowledges, and says where to continue') },
  answer: {
    status: 200,
    description: 'push, gap, skip, read, recall, signal, connected, followed, unfollowed, problem and bye events',
    contentType: 'text/event-stream',
    schema: text,
  },
  errors: ['REFUSED', 'RATE_LIMITED', 'OVERLOADED', 'DRAINING'],
};

export const pollOperation: Operation = {
  id: 'poll',
  method: 'GET',
  path: '/v1/poll',
  tag,
  summary: 'Entries after a cursor: at once, or as soon as there are some',
  access: 'client',
  client: { link: true },
  query: {
    device,
    after: cursor('the cursor of the last answer: acknowledges, and says where to continue'),
    waitMs: {
      type: 'integer',
      minimum: 0,
      maximum: POLL_WAIT.maxMs,
      description: `milliseconds to wait for an entry, ${POLL_WAIT.maxMs} at most; default ${POLL_WAIT.defaultMs}`,
    },
  },
  answer: {
    status: 200,
    description: 'What there is; nothing when the time is up',
    schema: answer(
      {
        entries: listOf({ type: 'object', description: 'a push object, as on the WebSocket' }),
        cursor: text,
        recovery: { enum: ['complete', 'gap', 'reset'], description: 'the worst of all streams' },
        streams: { ...anything, description: 'without `after`: where each stream begins, as in `connected`' },
        events: listOf({ ...anything, description: 'other frames, as on the WebSocket' }),
      },
      ['streams', 'events'],
    ),
  },
  errors: ['REFUSED', 'RATE_LIMITED', 'OVERLOADED', 'DRAINING'],
};

export const acknowledgeOperation: Operation = {
  id: 'acknowledge',
  method: 'POST',
  path: '/v1/ack',
  tag,
  summary: 'Acknowledge everything of a stream up to a seq',
  access: 'client',
  query: { device },
  body: { schema: strict({ s: streamName, seq }, ['s', 'seq']) },
  answer: { status: 204, description: 'Acknowledged' },
  errors: ['NOT_FOUND'],
};

export const readOperation: Operation = {
  id: 'markRead',
  method: 'POST',
  path: '/v1/read',
  tag,
  summary: 'Set a read mark on a thread, or on a whole stream',
  access: 'client',
  query: { device },
  body: { schema: strict({ s: streamName, seq, thread: idSchema }, ['s', 'seq']) },
  answer: { status: 200, description: 'What is left to read there', schema: answer({ unread: count }) },
  errors: ['NOT_FOUND'],
};

export const openedOperation: Operation = {
  id: 'opened',
  method: 'POST',
  path: '/v1/notifications/opened',
  tag,
  summary: 'The user opened a notification. A receipt: it acknowledges nothing and marks nothing as read',
  access: 'client',
  query: { device },
  body: {
    schema: strict({ id: { ...idSchema, description: 'of the message' } }, ['id']),
  },
  answer: { status: 204, description: 'Noted; again without effect' },
  errors: ['NOT_FOUND', 'NOT_SUPPORTED'],
};

export const ticketOperation: Operation = {
  id: 'issueTicket',
  method: 'POST',
  path: '/v1/tickets',
  tag,
  summary: 'A ticket for one connect, for clients that cannot send a header',
  access: 'client',
  client: { anyDevice: true },
  query: { device },
  answer: { status: 201, description: 'Good for 30 s and one use', schema: answer({ ticket: text, expiresAt: time }) },
};

export const clientOperations: readonly Operation[] = [
  sseOperation,
  pollOperation,
  acknowledgeOperation,
  readOperation,
  openedOperation,
  ticketOperation,
];
