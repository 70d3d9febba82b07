/** In the order of `messageFields`, which ends with `held_until`. */
export const MESSAGE_COLUMNS = {
  tenant: 'text',
  id: 'text',
  type: 'text',
  thread: 'text',
  data: 'text',
  audience: 'text',
  notification: 'text',
  options: 'text',
  accepted_at: 'int8',
  expires_at: 'int8',
  due_at: 'int8',
  held_until: 'int8',
} as const;

/** What is read of a message `m`, except its audience. */
export const ENTRY_COLUMNS = [
  ...Object.keys(MESSAGE_COLUMNS).filter((name) => name !== 'audience' && name !== 'held_until'),
  'recalled_at',
]
  .map((name) => `m.${name}`)
  .join(', ');

/** What a PostgreSQL text cannot hold, and the sign it is written with. */
const UNSTORABLE = /[\\\0]|\p{Surrogate}/gu;

/**
 * An idempotency key may be any text, also one with a NUL or half of a surrogate pair. Such are written with a
 * backslash, so that no two keys become one.
 */
export const storableKey = (key: unknown): string =>
  String(key).replace(UNSTORABLE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
