/** What the server tells its supervisor once it answers. */
export interface ReadyNote {
  readonly kind: 'ready';
  readonly url: string;
}

/** The server's exit code where starting it again would not help. */
export const WRONG_SETUP = 2;
