import { PushError } from 'push-core';
import type { SqlConnection } from '../sql-connection.js';
import { step, type Step, type Steps } from '../steps.js';
import { toStoreError } from '../store-errors.js';
import { Deadline } from './deadline.js';
import type { Client, Pool } from './driver.js';
import { diagnosePostgres, isDisconnect, isLostRace, isStale } from './errors.js';
import type { LastStep, QuietStep } from './row-set.js';
import { Session, type SessionSettings } from './session.js';

const BEGIN = step('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
const BEGIN_READ = step('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
const COMMIT = step('COMMIT');
const ROLLBACK = step('ROLLBACK');

const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 250;

/**
 * How far a unit of work has come. `waiting` for a connection: there is none to be had. `working`: an error means that
 * it was undone. `committing`: an error of the connection does not tell whether it happened.
 */
interface Progress {
  stage: 'waiting' | 'working' | 'committing';
}

/**
 * A pool of connections, which nobody else has.
 *
 * A call takes a connection, tells its unit and gives the connection back: waiting (for a free connection) → working →
 * over. A unit that lost a race or its connection, and was surely undone, begins again with another connection after a
 * short random pause. A call whose time is over destroys its connection, wherever it is, and rejects: the server may
 * have stopped, and would keep it for ever.
 *
 * What can be sent without an answer to what came before travels together: BEGIN with the first statement, statements
 * whose answers nobody needs with the next one or with the COMMIT, and the COMMIT with a unit's last statement where it is
 * known to be the last.
 */
export class PostgresConnection implements SqlConnection {
  private readonly sessions = new WeakMap<Client, Session>();
  private readonly running = new Set<Promise<unknown>>();
  private closed = false;

  constructor(
    private readonly pool: Pool,
    private readonly settings: SessionSettings,
  ) {}

  write<T>(unit: () => Steps<T>): Promise<T> {
    return this.call(async (session, progress) => {
      const begin = [BEGIN, session.durably as Step];
      return { answer: await tell(session, unit, begin, progress, COMMIT) };
    });
  }

  read<T>(unit: () => Steps<T>): Promise<T> {
    return this.call(async (session, progress) => {
      const answer = await tell(session, unit, [BEGIN_READ], progress);
      // The caller has what it wants: nobody needs to wait for the end of a transaction that only reads.
      return { answer, rest: session.ask([COMMIT]) };
    });
  }

  query<T>(unit: () => Steps<T>): Promise<T> {
    return this.call(async (session, progress) => ({ answer: await tell(session, unit, [], progress) }));
  }

  async end(): Promise<void> {
    this.closed = true;
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  private call<T>(attempt: Attempt<T>): Promise<T> {
    if (this.closed) return Promise.reject(new PushError('STORE_UNAVAILABLE', 'The store is closed'));
    const deadline = new Deadline(this.settings.deadlineMs);
    const work = this.patiently(deadline, attempt);
    const over = work
      .then(({ rest }) => rest)
      .catch(() => {})
      .finally(() => {
        deadline.clear();
        this.running.delete(over);
      });
    this.running.add(over);
    return Promise.race([work, deadline.over]).then(
      ({ answer }) => answer,
      (error: unknown) => {
        throw toStoreError(error, diagnosePostgres);
      },
    );
  }

  private async patiently<T>(deadline: Deadline, attempt: Attempt<T>): Promise<Answer<T>> {
    for (let count = 1; ; count++) {
      const progress: Progress = { stage: 'waiting' };
      try {
        return await this.once(deadline, attempt, progress);
      } catch (error) {
        if (deadline.isOver) throw deadline.error();
        const undone = isLostRace(error) || isStale(error) || (isDisconnect(error) && progress.stage === 'working');
        if (!undone || count === ATTEMPTS) throw error;
      }
      await deadline.pause(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** count));
    }
  }

  private async once<T>(deadline: Deadline, attempt: Attempt<T>, progress: Progress): Promise<Answer<T>> {
    const client = await deadline.before(this.pool.connect(), (late) => late.release());
    const session = this.sessionOf(client);
    progress.stage = 'working';
    deadline.guard(() => session.destroy());
    const giveBack = () => {
      deadline.guard(undefined);
      client.release();
    };
    const giveUp = () => {
      deadline.guard(undefined);
      session.destroy();
      client.release(true);
    };
    try {
      if (!session.isPrepared) await session.prepare();
      const { answer, rest } = await attempt(session, progress);
      if (!rest) giveBack();
      return { answer, rest: rest?.then(giveBack, giveUp) };
    } catch (error) {
      if (isStale(error)) giveUp();
      else await session.ask([ROLLBACK]).then(giveBack, giveUp);
      throw error;
    }
  }

  private sessionOf(client: Client): Session {
    let session = this.sessions.get(client);
    if (!session) this.sessions.set(client, (session = new Session(client, this.settings)));
    return session;
  }
}

interface Answer<T> {
  readonly answer: T;
  /** What the connection has to finish before somebody else can have it. */
  readonly rest?: Promise<unknown>;
}

type Attempt<T> = (session: Session, progress: Progress) => Promise<Answer<T>>;

/** Sends nothing at all for a unit without statements. `end` ends its transaction. */
async function tell<T>(
  session: Session,
  unit: () => Steps<T>,
  begin: readonly Step[],
  progress: Progress,
  end?: Step,
): Promise<T> {
  let waiting = [...begin];
  let stage: 'new' | 'begun' | 'ended' = 'new';
  const steps = unit();
  let next = steps.next();
  while (!next.done) {
    if (stage === 'ended') throw new PushError('INTERNAL', 'A unit of work went on after its last statement');
    const one: Step & Partial<QuietStep & LastStep> = next.value;
    const asked = waiting.push(one) - 1;
    if (one.quiet) {
      next = steps.next([]);
      continue;
    }
    stage = 'begun';
    if (one.last && end) {
      waiting.push(end);
      stage = 'ended';
      progress.stage = 'committing';
    }
    const together = waiting;
    waiting = [];
    next = steps.next(await session.ask(together, asked));
  }
  if (stage === 'ended' || (stage === 'new' && waiting.length === begin.length)) return next.value;
  if (end) {
    waiting.push(end);
    progress.stage = 'committing';
  }
  if (waiting.length > 0) await session.ask(waiting);
  return next.value;
}
