import type { ByeFrame } from 'push-core/wire';

/** Our own close code for a link that does not work (4000–4499: comes back). */
export const BROKEN = 4000;
export const REPLACED = 3003;
const TOKEN_EXPIRED = 3501;

export interface LinkEnd {
  code: number;
  reason: string;
  /** The server's farewell, where there was one. */
  bye?: ByeFrame;
}

/** What to do about a link that ended. */
export type ClosePlan =
  | { then: 'retry'; afterMs?: number }
  /** Get a new token, then try again at once. */
  | { then: 'refresh' }
  | { then: 'stop' };

/**
 * 3000–3499 and 4000–4499 mean reconnect, 3500–3999 and 4500–4999 do not; the rest (1006, 1011, …) are broken links.
 * Two exceptions: 3003 (a newer connection of this device took over: coming back would start a duel) and 3501 (the token
 * ran out, which a new one cures).
 */
export function planAfter({ code, bye }: LinkEnd, canRefreshToken: boolean): ClosePlan {
  if (code === TOKEN_EXPIRED) return canRefreshToken ? { then: 'refresh' } : { then: 'stop' };
  if (code === REPLACED || isFinal(code) || bye?.reconnect === false) return { then: 'stop' };
  return { then: 'retry', afterMs: bye?.afterMs };
}

function isFinal(code: number): boolean {
  return (code >= 3500 && code <= 3999) || (code >= 4500 && code <= 4999);
}
