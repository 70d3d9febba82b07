const DAY_MS = 86_400_000;

/**
 * `Retry-After` in milliseconds from now: seconds or an HTTP date. Whoever answers may be anybody, so a day is the most that is
 * believed. Undefined where there is none, or none that can be read.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), DAY_MS);
}
