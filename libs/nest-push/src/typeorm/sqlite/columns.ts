/** In the order of `messageFields`. */
export const MESSAGE_COLUMNS =
  'tenant, id, type, thread, data, audience, notification, options, accepted_at, expires_at, due_at';

/** What is read of a message `m`, except its audience. */
export const ENTRY_COLUMNS = [...MESSAGE_COLUMNS.split(', ').filter((name) => name !== 'audience'), 'recalled_at']
  .map((name) => `m.${name}`)
  .join(', ');

/** `value ->> 0, value ->> 1, …`: the fields of one row of a JSON array of arrays. */
export const fields = (count: number): string => Array.from({ length: count }, (_, i) => `value ->> ${i}`).join(', ');

/** `(?, ?, …)` */
export const places = (count: number): string => `(${Array.from({ length: count }, () => '?').join()})`;
