import { describe, expect, it } from '@jest/globals';
import type { AppendRequest } from 'push-core';
import { appendSteps } from './append-steps.js';
import type { HeadMove, NewEntry, NewMessage, SqlDialect } from './sql-dialect.js';
import { sqliteDialect } from './sqlite/dialect.js';
import { runSteps } from './steps.js';
import { tableNames } from './table-names.js';

const request = (id: string, over: Partial<AppendRequest> = {}): AppendRequest => ({
  message: { tenant: 't', id, type: 'x', to: { users: ['u'] }, options: {}, acceptedAt: 1, expiresAt: 2 },
  targets: [{ stream: '@b' }, { stream: `@${id}` }, { stream: '@a' }],
  when: 'now',
  ...over,
});
const keyed = (id: string): AppendRequest =>
  request(id, {
    idempotency: { key: `k-${id}`, fingerprint: 'f', keepUntil: 9 },
    job: { tenant: 't', kind: 'fan-out', id, payload: '{}', position: 0, size: 2, dueAt: 1 },
  });
const paged = (id: string): AppendRequest =>
  request(id, {
    when: 'page',
    job: { tenant: 't', kind: 'fan-out', id, from: 0, to: 1, owner: 'n', leaseUntil: 9 },
  });

/** What an append takes hold of, in its order, in a database where every page is the next. */
function holdsOf(requests: readonly AppendRequest[]) {
  const held: [what: string, names: readonly string[]][] = [];
  const nameOf = (row: readonly unknown[], fields: number) => row.slice(0, fields).join(' ');
  const sql: SqlDialect = {
    ...sqliteDialect(tableNames()),
    *insertKeys(rows: readonly (readonly unknown[])[]) {
      held.push(['keys', rows.map((row) => nameOf(row, 2))]);
      yield* [];
    },
    *insertMessages(messages: readonly NewMessage[]) {
      held.push(['messages', messages.map(({ message }) => `${message.tenant} ${message.id}`)]);
      yield* [];
      return [];
    },
    *insertJobs(rows: readonly (readonly unknown[])[]) {
      held.push(['jobs', rows.map((row) => nameOf(row, 3))]);
      yield* [];
    },
    *stepJobs(rows: readonly (readonly unknown[])[]) {
      held.push(['steps', rows.map((row) => nameOf(row, 3))]);
      yield* [];
      return rows.map((_, at) => ({ at }));
    },
    *join(moves: readonly HeadMove[], entries: readonly NewEntry[]) {
      held.push(['streams', moves.map(({ tenant, stream }) => `${tenant} ${stream}`)]);
      held.push(['entries', entries.map(({ head, rank }) => `${moves[head]?.stream} ${rank}`)]);
      yield* [];
      return moves.map(({ count }) => ({ head: count, renewal: null }));
    },
  };
  const outcomes = runSteps(appendSteps(sql, 'e', requests), () => []);
  return { held, outcomes };
}

describe('an append', () => {
  it('takes hold of what it changes in one order, whatever order it is asked in', () => {
    const requests = [keyed('z'), paged('p2'), keyed('B'), paged('p1'), keyed('y')];
    const { held } = holdsOf(requests);
    const backwards = holdsOf([...requests].reverse());
    const locked = (all: typeof held) => all.filter(([what]) => what !== 'jobs');
    expect(locked(backwards.held)).toEqual(locked(held));
    expect(held).toEqual([
      ['keys', ['t k-B', 't k-y', 't k-z']],
      ['messages', ['t B', 't y', 't z']],
      // New, so nobody waits for them: they stay in the order they are done in.
      ['jobs', ['t fan-out z', 't fan-out B', 't fan-out y']],
      ['steps', ['t fan-out p1', 't fan-out p2']],
      ['streams', ['t @B', 't @a', 't @b', 't @p1', 't @p2', 't @y', 't @z']],
      ['entries', expect.arrayContaining(['@a 5', '@b 5'])],
    ]);
  });

  it('numbers entries in the order of the requests, and tells places in that of the targets', () => {
    const { outcomes } = holdsOf([keyed('z'), paged('p')]);
    expect(outcomes.map((one) => one.kind === 'stored' && one.places.map(({ stream, seq }) => [stream, seq]))).toEqual([
      [
        ['@b', 1],
        ['@z', 1],
        ['@a', 1],
      ],
      [
        ['@b', 2],
        ['@p', 1],
        ['@a', 2],
      ],
    ]);
  });

  it('asks about a job once for each of its steps, in their order', () => {
    const second = paged('p');
    const { held } = holdsOf([paged('p'), { ...second, targets: [{ stream: '@c' }] }, paged('q')]);
    expect(held.filter(([what]) => what === 'steps').map(([, names]) => names)).toEqual([
      ['t fan-out p', 't fan-out q'],
      ['t fan-out p'],
    ]);
  });
});
