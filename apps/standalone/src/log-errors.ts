import { hideSecrets } from './log-secrets.js';

/** Errors behind errors that are told. */
const DEEPEST = 4;

/**
 * An error as a log may have it: what it is called, its code, its text and its stack, and those behind it. Nothing else of it: drivers hang
 * statements, their parameters and whole requests on their errors.
 */
export function cleanError(thrown: unknown, known: readonly string[], depth = 0): unknown {
  if (!(thrown instanceof Error)) return hideSecrets(String(thrown), known);
  const { code, cause } = thrown as { code?: unknown; cause?: unknown };
  const copy = new Error(hideSecrets(thrown.message, known));
  // Whoever writes it down asks for the constructor's name first.
  Object.defineProperty(copy, 'constructor', { value: undefined });
  copy.name = thrown.name === 'Error' ? thrown.constructor.name : thrown.name;
  copy.stack = hideSecrets(thrown.stack ?? '', known);
  if (typeof code === 'string' || typeof code === 'number') Object.assign(copy, { code });
  if (cause !== undefined && depth < DEEPEST) copy.cause = cleanError(cause, known, depth + 1);
  return copy;
}
