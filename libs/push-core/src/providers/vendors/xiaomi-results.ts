import type { Codes } from './meaning.js';

export const XIAOMI_CODES: Codes = {
  '0': 'accepted',
  '10001': 'transient',
  '10002': 'transient',
  '10003': 'transient',
  '10008': 'payload_error',
  '10027': 'throttled',
  '10031': 'config_error',
  '10034': 'quota',
  '10037': 'transient',
  // Sending failed as a whole. With bad registration ids for a reason they are suspect: another app's secret sounds the same.
  '20301': 'transient',
  '21301': 'config_error',
  '21302': 'config_error',
  '22022': 'config_error',
  '27001': 'config_error',
  '65003': 'token_suspect',
  '65009': 'payload_error',
  '200001': 'quota',
};

export const XIAOMI_SEND_FAILED = '20301';
/** What the reason of 20301 says when it is about the ids. */
export const namesRegId = (reason: string): boolean => /reg[\s_]*id|registration|target/i.test(reason);
