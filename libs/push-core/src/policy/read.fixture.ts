import { isPushError } from '../errors.js';

/** Code, field and words of the PushError that a reading ends with. */
export function refusalOf(read: () => unknown): [string, string | undefined, string] {
  try {
    read();
  } catch (error) {
    if (isPushError(error)) return [error.code, error.field, error.message];
    throw error;
  }
  throw new Error('it was taken');
}
