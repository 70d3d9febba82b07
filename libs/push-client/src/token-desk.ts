import type { Clock } from './clock.js';
import { withDeadline } from './deadline.js';
import type { TokenReason, TokenSource } from './options.js';

const TOKEN_WAIT_MS = 30_000;

/** Gets tokens. One that the server finds too old is replaced at once, but only once until a connection has stood. */
export class TokenDesk {
  private reason: TokenReason = 'connect';
  private wasRefreshed = false;

  constructor(
    private readonly source: TokenSource,
    private readonly clock: Clock,
    private readonly failed: (cause: unknown) => void,
  ) {}

  get canRefresh(): boolean {
    return typeof this.source === 'function' && !this.wasRefreshed;
  }

  /** Undefined where there is none to be had now. */
  async ask(): Promise<string | undefined> {
    const { source } = this;
    if (typeof source === 'string') return source;
    try {
      const token = await withDeadline(this.clock, TOKEN_WAIT_MS, 'token()', (async () => source(this.reason))());
      if (typeof token !== 'string' || token === '') throw new TypeError('token() did not answer a string');
      this.reason = 'connect';
      return token;
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  expired(): void {
    this.wasRefreshed = true;
    this.reason = 'expired';
  }

  /** A connection has stood. */
  held(): void {
    this.wasRefreshed = false;
  }
}
