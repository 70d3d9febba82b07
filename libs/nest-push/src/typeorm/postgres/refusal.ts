import { PushError } from 'push-core';
import { driverError } from '../store-errors.js';
import type { PostgresLocation } from './location.js';

/** What somebody has to correct, where the database says no. Never with a password. */
export function refusal({ place, user, database, field }: PostgresLocation, cause: unknown): PushError {
  const { code, message } = driverError(cause);
  const refuse = (text: string) => new PushError('INVALID', text, { field, cause });
  if (code === '3D000')
    return refuse(`There is no database "${database}" at ${place}: create it, or correct the ${field}`);
  if (code === '42501') return refuse(`The database user "${user}" may not do this: ${message}`);
  if (/SSL/.test(message)) return refuse(`The database at ${place} does not speak TLS: use sslmode=disable`);
  return refuse(`The database at ${place} refuses the user "${user}": check user and password of the ${field}`);
}
