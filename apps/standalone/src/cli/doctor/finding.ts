/** What was looked at, how it is, and what to do where it is not well. */
export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly found: string;
  readonly remedy?: string;
}

export const ok = (what: string, found: string): Finding => ({ what, state: 'ok', found });
export const warn = (what: string, found: string, remedy: string): Finding => ({ what, state: 'warn', found, remedy });
export const fail = (what: string, found: string, remedy: string): Finding => ({ what, state: 'fail', found, remedy });

/** `found; remedy`, as messages of the configuration and of the start are written. */
export function failAsSaid(what: string, text: string): Finding {
  const at = text.lastIndexOf('; ');
  return at < 0 ? fail(what, text, 'correct it') : fail(what, text.slice(0, at), text.slice(at + 2));
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
