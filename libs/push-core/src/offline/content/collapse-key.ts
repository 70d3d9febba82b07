import { createHash } from 'node:crypto';

/** What every provider takes, in a header too. */
const FITTING = /^[\x21-\x7e]{1,64}$/;

/**
 * The key under which a notification replaces an earlier one: the publisher's, or for a digest the thread's. The same for every
 * message that has it, so a retraction finds it without the notification. What does not fit is hashed.
 */
export function collapseKeyOf(message: {
  readonly collapseKey?: string;
  readonly thread?: string;
  readonly digest: boolean;
}): string | undefined {
  const { collapseKey, thread, digest } = message;
  const key = collapseKey ?? (digest && thread !== undefined ? `digest:${thread}` : undefined);
  if (key === undefined || key === '') return undefined;
  return FITTING.test(key) ? key : createHash('sha256').update(key).digest('base64url');
}
