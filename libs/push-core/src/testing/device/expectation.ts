/** What of `Error` is V8's own, and absent from the standard library's types. */
type Capture = (target: object, above: object) => void;

/**
 * An expectation that may not be met: made when it is asked for, so that the error points at the line of the test, which is
 * long gone from the stack once virtual time has passed.
 */
export class Expectation {
  private readonly frames: string;

  /** `asked`: the method of `owner` the test called. */
  constructor(owner: object, asked: string) {
    const here = new Error();
    (Error as unknown as { captureStackTrace?: Capture }).captureStackTrace?.(
      here,
      (owner as Record<string, object>)[asked] ?? Expectation,
    );
    this.frames = (here.stack ?? '').split('\n').slice(1).join('\n');
  }

  unmet(...paragraphs: readonly string[]): Error {
    const error = new Error(paragraphs.filter((one) => one !== '').join('\n\n'));
    error.stack = `Error: ${error.message}\n${this.frames}`;
    return error;
  }
}
