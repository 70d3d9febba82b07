import { idSchema, LIMITS } from 'push-core';
import type { Operation } from '../operation.js';
import { answer, listOf, text, time } from './schemas.js';

const tag = 'topics';
const list = '/v1/topics/{topic}/subscribers';
const one = `${list}/{user}`;

/** Subscribers a page holds where the caller asks for no number. */
export const SUBSCRIBERS_PAGE = 100;

export const subscribeOperation: Operation = {
  id: 'subscribe',
  method: 'PUT',
  path: one,
  tag,
  summary: 'Subscribe a user. No error where it is subscribed already',
  access: 'publish',
  answer: { status: 204, description: 'The user is subscribed' },
  errors: ['STORE_UNAVAILABLE', 'STORE_FULL'],
};

export const unsubscribeOperation: Operation = {
  id: 'unsubscribe',
  method: 'DELETE',
  path: one,
  tag,
  summary: 'Unsubscribe a user. No error where it is not subscribed',
  access: 'publish',
  answer: { status: 204, description: 'The user is not subscribed' },
  errors: ['STORE_UNAVAILABLE'],
};

export const subscribeManyOperation: Operation = {
  id: 'subscribeMany',
  method: 'POST',
  path: list,
  tag,
  summary: `Subscribe up to ${LIMITS.subscribersPerCall} users`,
  access: 'publish',
  body: {
    schema: {
      type: 'object',
      properties: { users: { type: 'array', items: idSchema, minItems: 1, maxItems: LIMITS.subscribersPerCall } },
      required: ['users'],
      additionalProperties: false,
    },
  },
  answer: {
    status: 200,
    description: 'Those that were not subscribed before',
    schema: answer({ added: listOf(text) }),
  },
  errors: ['STORE_UNAVAILABLE', 'STORE_FULL'],
};

export const subscribersOperation: Operation = {
  id: 'subscribers',
  method: 'GET',
  path: list,
  tag,
  summary: 'Who subscribes to the topic, by user',
  access: 'read',
  query: {
    after: { ...idSchema, description: 'users after this one' },
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: LIMITS.subscribersPerCall,
      description: `1–${LIMITS.subscribersPerCall}, default ${SUBSCRIBERS_PAGE}`,
    },
  },
  answer: {
    status: 200,
    description: 'A page; `next`, where there may be more, is the `after` of the next one',
    schema: answer({ subscribers: listOf(answer({ user: text, subscribedAt: time })), next: text }, ['next']),
  },
  errors: ['STORE_UNAVAILABLE'],
};

export const topicOperations: readonly Operation[] = [
  subscribeOperation,
  unsubscribeOperation,
  subscribeManyOperation,
  subscribersOperation,
];
