import { HttpException } from '@nestjs/common';
import { asPushError } from './problem.filter.js';

it.each([
  [429, 'RATE_LIMITED', true],
  [503, 'OVERLOADED', true],
  [401, 'UNAUTHORIZED', false],
  [403, 'NOT_ALLOWED', false],
  [413, 'TOO_LARGE', false],
  [418, 'INVALID', false],
  [500, 'INTERNAL', true],
])("gives the host's own %i a code", (status, code, retryable) => {
  const error = asPushError(new HttpException('secret text of the host', status));
  expect(error).toMatchObject({ code, retryable });
  expect(error.message).not.toContain('secret');
});
