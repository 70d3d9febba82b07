/** Names of the store's tables, with the host's prefix. */
export interface Tables {
  readonly migrations: string;
  readonly meta: string;
  readonly message: string;
  readonly stream: string;
  readonly entry: string;
  readonly idempotency: string;
  readonly cursor: string;
  readonly device: string;
  readonly subscription: string;
  readonly follow: string;
}

export const DEFAULT_PREFIX = 'push_';

export function tablesWith(prefix: string): Tables {
  // It becomes part of SQL text, where no parameter can stand.
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,31}$/.test(prefix)) {
    throw new TypeError(
      `tablePrefix must be 1–32 letters, digits or underscores and not begin with a digit, got ${JSON.stringify(prefix)}`,
    );
  }
  const name = (table: string): string => `${prefix}${table}`;
  return {
    migrations: name('migrations'),
    meta: name('meta'),
    message: name('message'),
    stream: name('stream'),
    entry: name('entry'),
    idempotency: name('idempotency'),
    cursor: name('cursor'),
    device: name('device'),
    subscription: name('subscription'),
    follow: name('follow'),
  };
}
