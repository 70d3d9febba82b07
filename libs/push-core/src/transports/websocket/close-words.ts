import { CLOSE, type CloseReason } from '../../close-reasons.js';
import type { PushError } from '../../errors.js';

/** The page is not welcome, whatever its token says. */
const FOREIGN: CloseReason = Object.freeze({ ...CLOSE.badToken, reason: 'origin not allowed' });

/** How a socket is closed that is refused after its upgrade was answered. */
export function reasonFor({ code }: PushError): CloseReason {
  switch (code) {
    case 'NOT_ALLOWED':
      return FOREIGN;
    case 'INVALID':
      return CLOSE.protocol;
    case 'DRAINING':
      return CLOSE.draining;
    default:
      return CLOSE.overloaded;
  }
}
