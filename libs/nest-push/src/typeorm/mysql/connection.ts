import { PushError } from 'push-core';
import type { DatabaseSettings } from '../database.js';
import type { SqlConnection } from '../sql-connection.js';
import { step, type Steps } from '../steps.js';
import { toStoreError } from '../store-errors.js';
import { diagnoseMysql, isDemoted, isLockTimeout, isLost, isLostRace } from './errors.js';
import { tell } from './exchange.js';
import type { Session } from './session.js';
import type { SessionPool } from './session-pool.js';

const BEGIN = step('START TRANSACTION');
const BEGIN_READ = [step('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ'), step('START TRANSACTION READ ONLY')];
const COMMIT = step('COMMIT');
const ROLLBACK = step('ROLLBACK');

const ATTEMPTS = 10;
const FIRST_PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 250;

/** How far a unit has come: from `committing` on, a lost connection does not tell whether it happened. */
interface Progress {
  committing: boolean;
}

type Attempt<T> = (session: Session, progress: Progress) => Promise<T>;

/**
 * Connections to MariaDB or MySQL, which nobody else has.
 *
 * A call takes a connection, tells its unit and gives the connection back: waiting → working → over. A unit that lost a
 * race, or its connection before the COMMIT, did not happen and is told again after a short random pause. When the call's
 * time is over its connection is destroyed, wherever it is: the server may have stopped, or the way to it. A call that
 * cannot get a connection fails at once, so a database that is gone is an answer and not a queue.
 */
export class MysqlConnection implements SqlConnection {
  private readonly running = new Set<Promise<unknown>>();
  private closed = false;

  constructor(
    private readonly sessions: SessionPool,
    private readonly settings: Pick<DatabaseSettings, 'deadlineMs' | 'lockTimeoutMs'>,
  ) {}

  write<T>(unit: () => Steps<T>): Promise<T> {
    return this.call((session, progress) =>
      tell(session, unit, [BEGIN], [COMMIT], () => {
        progress.committing = true;
      }),
    );
  }

  read<T>(unit: () => Steps<T>): Promise<T> {
    return this.call((session) => tell(session, unit, BEGIN_READ, [COMMIT]));
  }

  query<T>(unit: () => Steps<T>): Promise<T> {
    return this.call((session) => tell(session, unit, []));
  }

  async end(): Promise<void> {
    this.closed = true;
    while (this.running.size > 0) await Promise.allSettled(this.running);
    await this.sessions.end();
  }

  private call<T>(attempt: Attempt<T>): Promise<T> {
    if (this.closed) return Promise.reject(new PushError('STORE_UNAVAILABLE', 'The store is closed'));
    const work = this.patiently(attempt).catch((error: unknown) => {
      throw toStoreError(error, diagnoseMysql);
    });
    this.running.add(work);
    const over = () => this.running.delete(work);
    work.then(over, over);
    return work;
  }

  private async patiently<T>(attempt: Attempt<T>): Promise<T> {
    const { deadlineMs, lockTimeoutMs } = this.settings;
    const began = performance.now();
    const leftMs = () => deadlineMs - (performance.now() - began);
    for (let count = 1; ; count++) {
      const session = await this.sessions.take(Math.max(1, leftMs()));
      const progress = { committing: false };
      try {
        return await this.once(session, leftMs(), () => attempt(session, progress));
      } catch (error) {
        const waited = performance.now() - began;
        const undone = isLostRace(error) || (isLost(error) && !progress.committing);
        if (!undone || count === ATTEMPTS || (isLockTimeout(error) && waited >= lockTimeoutMs)) throw error;
        const pauseMs = Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** count);
        if (pauseMs >= leftMs()) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }

  private async once<T>(session: Session, leftMs: number, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const timer = setTimeout(() => {
      session.destroy('The database did not answer in time');
      this.sessions.distrust(began);
    }, leftMs);
    try {
      return await work();
    } catch (error) {
      if (isDemoted(error)) session.destroy('The server is no longer the primary');
      // Nothing of a unit that failed may be left for the next.
      if (session.usable) await session.run(ROLLBACK).catch(() => session.destroy('The unit could not be undone'));
      throw error;
    } finally {
      clearTimeout(timer);
      this.sessions.give(session);
    }
  }
}
