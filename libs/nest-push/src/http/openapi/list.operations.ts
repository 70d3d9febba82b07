import { idSchema, publishSchema, topicSchema, type JsonSchema } from 'push-core';
import type { Operation } from '../operation.js';
import { answer, count, listOf, text, time } from './schemas.js';

const limit: JsonSchema = { type: 'integer', minimum: 1, maximum: 500, description: '1–500, default 50' };
const name = (description: string): JsonSchema => ({ ...idSchema, description });
const prefix = name('only names that begin so');
const next: JsonSchema = { ...text, description: 'where the next page goes on; absent after the last one' };
const moment = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, description });
const { type } = publishSchema.properties as Readonly<Record<string, JsonSchema>>;

export const messagesOperation: Operation = {
  id: 'messages',
  method: 'GET',
  path: '/v1/messages',
  tag: 'messages',
  summary: 'Messages, newest first: all, or those of a user’s own stream or a topic',
  access: 'read',
  query: {
    before: name('`next` of the page before'),
    limit,
    user: name('only what lies in this user’s own stream'),
    topic: { ...topicSchema, description: 'only what lies in this topic; not together with `user`' },
    type: type!,
    thread: idSchema,
    since: moment('accepted at this time or later, Unix milliseconds'),
    until: moment('accepted before, Unix milliseconds'),
  },
  answer: {
    status: 200,
    description:
      'A page. It looks at some thousands of messages at most, so that with rare filters it can be short, or empty, and have a `next`',
    schema: answer(
      {
        messages: listOf(
          answer(
            {
              id: text,
              type: text,
              thread: text,
              acceptedAt: time,
              expiresAt: time,
              dueAt: time,
              recalledAt: time,
              state: { enum: ['recalled', 'scheduled', 'stored', 'expired'] },
              recipients: { ...count, description: 'users it names; subscribers of topics are not among them' },
              to: { type: 'object', description: 'whom it names, the first few of each' },
            },
            ['thread', 'dueAt', 'recalledAt'],
          ),
        ),
        next,
      },
      ['next'],
    ),
  },
  errors: ['STORE_UNAVAILABLE'],
};

export const usersOperation: Operation = {
  id: 'users',
  method: 'GET',
  path: '/v1/users',
  tag: 'users',
  summary: 'Users with a device, a connection once, or a message, by name',
  access: 'read',
  query: { prefix, after: name('users after this one'), limit },
  answer: {
    status: 200,
    description: 'A page',
    schema: answer(
      {
        users: listOf(
          answer({ user: text, devices: count, online: { type: 'boolean' }, lastSeenAt: time }, ['lastSeenAt']),
        ),
        next,
      },
      ['next'],
    ),
  },
  errors: ['STORE_UNAVAILABLE'],
};

export const cursorsOperation: Operation = {
  id: 'cursors',
  method: 'GET',
  path: '/v1/users/{user}/cursors',
  tag: 'users',
  summary: 'Where the user’s devices stand in their streams, and how far behind',
  access: 'read',
  answer: {
    status: 200,
    description: 'By device; 2000 at most',
    schema: answer({
      cursors: listOf(answer({ device: text, s: text, epoch: text, seq: count, head: count, lag: count })),
    }),
  },
  errors: ['STORE_UNAVAILABLE'],
};

export const topicsOperation: Operation = {
  id: 'topics',
  method: 'GET',
  path: '/v1/topics',
  tag: 'topics',
  summary: 'Topics with a subscriber or a message, by name',
  access: 'read',
  query: {
    prefix: { ...topicSchema, description: 'only names that begin so' },
    after: { ...topicSchema, description: 'topics after this one' },
    limit,
  },
  answer: {
    status: 200,
    description: 'A page',
    schema: answer(
      {
        topics: listOf(
          answer(
            {
              topic: text,
              subscribers: count,
              subscribersAtLeast: { const: true, description: 'there are more: counting ends at 10,000' },
              head: count,
            },
            ['subscribersAtLeast'],
          ),
        ),
        next,
      },
      ['next'],
    ),
  },
  errors: ['STORE_UNAVAILABLE'],
};

export const listOperations: readonly Operation[] = [
  messagesOperation,
  usersOperation,
  cursorsOperation,
  topicsOperation,
];
