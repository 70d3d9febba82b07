import type { Codes } from './meaning.js';

/** Of the whole request. */
export const MEIZU_CODES: Codes = {
  '200': 'accepted',
  '500': 'transient',
  '1001': 'transient',
  '1003': 'transient',
  '1005': 'payload_error',
  '1006': 'config_error',
  '110000': 'config_error',
  '110001': 'config_error',
  '110004': 'payload_error',
  '110009': 'config_error',
  '110010': 'throttled',
  '110019': 'quota',
  '110053': 'payload_error',
};

/** Of one id: what it is listed under. */
export const MEIZU_TARGET_CODES: Codes = {
  '201': 'config_error',
  '501': 'transient',
  '513': 'transient',
  '518': 'throttled',
  '519': 'throttled',
  '520': 'throttled_device',
  '110002': 'token_invalid',
  '110003': 'token_invalid',
  '110005': 'token_suspect',
  // The user has switched notifications off, and may switch them on again.
  '110010': 'token_suspect',
  '110011': 'quota_device',
};
