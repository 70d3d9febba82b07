type Fields = Readonly<Record<string, unknown>>;

/** An object with none but these fields: what is not known would not be covered by a signature either. */
export function only(given: unknown, fields: readonly string[]): Fields | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  return Object.keys(given).every((name) => fields.includes(name)) ? (given as Fields) : undefined;
}

/** An id of a user or a device, as the server takes them. */
export const isName = (given: unknown): given is string =>
  typeof given === 'string' && /^[^\s\p{Cc}\p{Cs}]{1,128}$/u.test(given);

/** Unix milliseconds. */
export const isTime = (given: unknown): given is number => Number.isSafeInteger(given) && (given as number) > 0;
