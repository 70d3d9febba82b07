/** What is used of a WebSocket of the package `ws`, version 8; one of another copy of the package fits too. */
export interface AcceptedSocket {
  readonly readyState: number;
  ping(): void;
  close(code?: number, reason?: string | Buffer): void;
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/** A `readyState`. */
export const OPEN = 1;
