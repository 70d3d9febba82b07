import { toPushError } from '../errors.js';

/** A store that is away says nothing about the work: it is kept, and tried again. */
export const isStoreAway = (error: unknown): boolean =>
  ['STORE_UNAVAILABLE', 'STORE_FULL'].includes(toPushError(error).code);
