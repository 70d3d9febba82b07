/** Exit codes of every command. */
export const FAILED = 1;
export const WRONG_USE = 2;

/** What ends a command, in words for whoever called it: what is wrong, and what to do about it. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    message: string,
    readonly exitCode: typeof FAILED | typeof WRONG_USE = FAILED,
    readonly details: { readonly code?: string; readonly field?: string; readonly status?: number } = {},
  ) {
    super(message);
  }
}

/** A field that was given wrongly: nothing was tried. */
export const misuse = (field: string, message: string): CliError =>
  new CliError(`${field}: ${message}`, WRONG_USE, { field });
