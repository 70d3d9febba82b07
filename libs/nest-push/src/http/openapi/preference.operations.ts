import { preferencesSchema } from 'push-core';
import type { Operation } from '../operation.js';

const tag = 'users';
const path = '/v1/users/{user}/preferences';
export const preferencesOperation: Operation = {
  id: 'preferences',
  method: 'GET',
  path,
  tag,
  summary: 'What the user does not want to be notified of',
  access: 'read',
  answer: { status: 200, description: 'As set; empty where nothing is', schema: preferencesSchema },
  errors: ['NOT_SUPPORTED', 'STORE_UNAVAILABLE'],
};

export const putPreferencesOperation: Operation = {
  id: 'putPreferences',
  method: 'PUT',
  path,
  tag,
  summary: 'Set mutes and quiet hours, in place of those before',
  access: 'publish',
  body: { schema: preferencesSchema, checkedBy: 'engine' },
  answer: { status: 200, description: 'As stored', schema: preferencesSchema },
  errors: ['NOT_SUPPORTED', 'STORE_UNAVAILABLE', 'STORE_FULL'],
};

export const preferenceOperations: readonly Operation[] = [preferencesOperation, putPreferencesOperation];
