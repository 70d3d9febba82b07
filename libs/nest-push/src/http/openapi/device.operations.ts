import { deviceRegistrationSchema } from 'push-core';
import type { Operation } from '../operation.js';
import { answer, deviceSchema, listOf } from './schemas.js';

const tag = 'devices';
const path = '/v1/users/{user}/devices/{device}';

export const putDeviceOperation: Operation = {
  id: 'putDevice',
  method: 'PUT',
  path,
  tag,
  summary: 'Register a device, or replace its registration',
  access: 'publish',
  body: { schema: deviceRegistrationSchema },
  answer: { status: 200, description: 'As stored', schema: deviceSchema },
  errors: ['STORE_UNAVAILABLE', 'STORE_FULL'],
};

export const removeDeviceOperation: Operation = {
  id: 'removeDevice',
  method: 'DELETE',
  path,
  tag,
  summary: 'Forget a device, its cursors and its follows. No error where there is none',
  access: 'publish',
  answer: { status: 204, description: 'There is no such device now' },
  errors: ['STORE_UNAVAILABLE'],
};

export const devicesOperation: Operation = {
  id: 'devices',
  method: 'GET',
  path: '/v1/users/{user}/devices',
  tag,
  summary: "A user's devices, by id",
  access: 'read',
  answer: { status: 200, description: 'The devices', schema: answer({ devices: listOf(deviceSchema) }) },
  errors: ['STORE_UNAVAILABLE'],
};

export const deviceOperations: readonly Operation[] = [putDeviceOperation, removeDeviceOperation, devicesOperation];
