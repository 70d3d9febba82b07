import type { Steps } from './steps.js';

export type Row = Record<string, unknown>;

/**
 * How the store reaches its database.
 *
 * A unit of work is told as steps, so that one telling serves a driver that answers at once (SQLite) and one that has to
 * be waited for. Every call has a deadline and rejects with the store's errors (`toStoreError`): a database that is gone
 * is an answer, never a crash and never a hang; the next call finds it again when it is back.
 */
export interface SqlConnection {
  /**
   * One transaction: whole or not at all, and durable when it resolves. `unit` is told again from the start when the
   * database asks for it (a deadlock, a lost race for a unique key, a lock held elsewhere); it must have no other effect.
   */
  write<T>(unit: () => Steps<T>): Promise<T>;
  /** One consistent view of the database for the whole unit. */
  read<T>(unit: () => Steps<T>): Promise<T>;
  /** Steps that read, each with a view of its own. Cheaper than `read`; for a unit of one statement the same. */
  query<T>(unit: () => Steps<T>): Promise<T>;
  /** Nothing new from now on; resolves when what was asked for is over. */
  end(): Promise<void>;
}
