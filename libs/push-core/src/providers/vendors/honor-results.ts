import { HMS_CODES } from './hms-results.js';
import type { Codes } from './meaning.js';

/** Honor's numbers are Huawei's, with a success of its own beside. */
export const HONOR_CODES: Codes = { ...HMS_CODES, '200': 'accepted', '80100000': 'accepted' };

/** On the list of the expired: the app has asked for another token, or is gone. */
export const HONOR_EXPIRED = 'token_invalid';
/** On the list of the failed; why is not said, so nothing is deleted for it. */
export const HONOR_FAILED = 'token_suspect';
