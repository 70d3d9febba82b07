import type { Codes, Meaning } from './meaning.js';

export const VIVO_CODES: Codes = {
  '0': 'accepted',
  '10000': 'stale_access',
  '10070': 'quota',
  '10072': 'throttled',
  '10094': 'config_error',
  '10200': 'payload_error',
  '10201': 'payload_error',
  '10252': 'payload_error',
  '10254': 'quota',
  '10302': 'token_invalid',
};

/** Of one id on the list `invalidUsers`: 1 does not exist, 2 uninstalled or switched off; others (inactive for a while, no test device) may come back. */
export function vivoInvalidUser(status: string): Meaning {
  return status === '' || status === '1' || status === '2' ? 'token_invalid' : 'token_suspect';
}
