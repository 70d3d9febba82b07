interface Details {
  readonly status?: number;
  readonly code?: string;
  readonly field?: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

/** What went wrong, as the server's problem document says it; or `UNREACHABLE`, where no answer came. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { status = 0, code = 'UNREACHABLE', field, retryable = true, retryAfterMs }: Details) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }

  static from(error: unknown): Problem {
    if (error instanceof Problem) return error;
    return new Problem(error instanceof Error ? error.message : String(error), { code: 'BUG', retryable: false });
  }

  static async answered(answer: Response): Promise<Problem> {
    const seconds = Number(answer.headers.get('Retry-After'));
    const json: unknown = await answer.json().catch(() => undefined);
    const said: Readonly<Record<string, unknown>> = typeof json === 'object' && json !== null ? { ...json } : {};
    const text = (name: string) => (typeof said[name] === 'string' && said[name] !== '' ? said[name] : undefined);
    return new Problem(text('detail') ?? text('title') ?? `HTTP ${answer.status}`, {
      status: answer.status,
      code: text('code') ?? `HTTP_${answer.status}`,
      field: text('field'),
      retryable: said.retryable === true,
      retryAfterMs: seconds > 0 ? seconds * 1000 : undefined,
    });
  }
}
