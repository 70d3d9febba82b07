import type { Operation } from 'nest-push/http';
import { exactly, futureTime, nameSchema, object, overlapMs, role, text, time } from './admin.schemas.js';

const keyParts = { id: text, tenant: text, role, createdAt: time };
const keyMay = { name: text, expiresAt: time, replacedBy: text };
const key = object(keyParts, keyMay);
const newKey = object({ ...keyParts, key: { ...text, description: 'shown this once' } }, keyMay);

export const createKeyOperation: Operation = {
  id: 'createKey',
  method: 'POST',
  path: '/v1/keys',
  tag: 'keys',
  summary: 'Make an API key of the tenant',
  access: 'admin',
  body: { schema: exactly({ role }, { name: nameSchema, expiresAt: futureTime }) },
  answer: { status: 201, description: 'The key, for the only time', schema: newKey },
};

export const keysOperation: Operation = {
  id: 'keys',
  method: 'GET',
  path: '/v1/keys',
  tag: 'keys',
  summary: 'The API keys of the tenant, without what is secret',
  access: 'admin',
  answer: { status: 200, description: 'The keys', schema: object({ keys: { type: 'array', items: key } }) },
};

export const rotateKeyOperation: Operation = {
  id: 'rotateKey',
  method: 'POST',
  path: '/v1/keys/{id}/rotate',
  tag: 'keys',
  summary: 'Make a key in place of this one, which stays good for a while',
  access: 'admin',
  body: { schema: exactly({}, { overlapMs }), optional: true },
  answer: { status: 201, description: 'The new key, for the only time', schema: newKey },
  errors: ['NOT_FOUND'],
};

export const removeKeyOperation: Operation = {
  id: 'removeKey',
  method: 'DELETE',
  path: '/v1/keys/{id}',
  tag: 'keys',
  summary: 'Refuse the key from now on',
  access: 'admin',
  answer: { status: 204, description: 'The key is good no more' },
  errors: ['NOT_FOUND'],
};

export const keyOperations: readonly Operation[] = [
  createKeyOperation,
  keysOperation,
  rotateKeyOperation,
  removeKeyOperation,
];
