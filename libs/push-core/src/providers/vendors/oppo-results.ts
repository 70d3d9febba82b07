import type { Codes } from './meaning.js';

export const OPPO_CODES: Codes = {
  '-2': 'throttled',
  '-1': 'transient',
  '0': 'accepted',
  '11': 'stale_access',
  '13': 'throttled',
  '14': 'config_error',
  '33': 'quota',
  '40': 'payload_error',
  '41': 'payload_error',
  '55': 'throttled_device',
  '67': 'config_error',
  // Said of the id, by what others report; the vendor's own page could not be read. See `OPPO_BAD_ID`.
  '10000': 'token_suspect',
};

/** Believed only beside another id of the same request that was taken: then it is not the app's credentials that are another's. */
export const OPPO_BAD_ID = '10000';
