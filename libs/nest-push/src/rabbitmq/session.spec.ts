import { afterEach, describe, expect, it } from '@jest/globals';
import type { ChannelModel } from 'amqplib';
import { EventEmitter, once } from 'node:events';
import type { Dial } from './dial.js';
import { Session } from './session.js';
import { TUNING, type Tuning } from './tuning.js';

/** As much of a connection as the session itself uses. */
class FakeConnection extends EventEmitter {
  closed = 0;
  close(): Promise<void> {
    this.closed++;
    this.emit('close');
    return Promise.resolve();
  }
}

interface Attempt {
  readonly number: number;
  readonly at: number;
  readonly signal: AbortSignal;
  readonly connection: FakeConnection;
  answer(): void;
  refuse(reason: string): void;
}

/** A session whose connections are in the test's hands. */
class Stage {
  readonly attempts: Attempt[] = [];
  readonly session: Session;
  private readonly news = new EventEmitter();

  constructor(tuning: Partial<Tuning> = {}) {
    const dial: Dial = (number, _, signal) => {
      const connection = new FakeConnection();
      return new Promise((resolve, reject) => {
        const answer = (): void => resolve({ connection: connection as unknown as ChannelModel, address: 'amqp://b' });
        const refuse = (reason: string): void => reject(new Error(reason));
        this.attempts.push({ number, at: performance.now(), signal, connection, answer, refuse });
        this.news.emit('attempt');
      });
    };
    this.session = new Session(dial, { ...TUNING, retryBaseMs: 2, retryCapMs: 20, ...tuning });
  }

  async attempt(count: number): Promise<Attempt> {
    while (this.attempts.length < count) await once(this.news, 'attempt');
    return this.attempts[count - 1] as Attempt;
  }

  async up(count = 1): Promise<Attempt> {
    const attempt = await this.attempt(count);
    attempt.answer();
    await this.until(() => this.session.isUp);
    return attempt;
  }

  async until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve) => {
      const stop = this.session.onStep(() => {
        if (!holds()) return;
        stop();
        resolve();
      });
    });
  }
}

describe('the session', () => {
  let stage: Stage;
  afterEach(() => stage.session.close());

  it('connects for the first who needs it, and leaves with the last', async () => {
    stage = new Stage();
    expect(stage.attempts).toEqual([]);
    const letGo = [stage.session.hold(), stage.session.hold()];
    const { connection, signal } = await stage.up();
    await letGo[0]?.();
    await letGo[0]?.();
    expect([connection.closed, stage.session.status().state]).toEqual([0, 'up']);
    await letGo[1]?.();
    expect([connection.closed, signal.aborted, stage.session.status()]).toEqual([
      1,
      true,
      { state: 'down', reason: 'not in use' },
    ]);
    stage.session.hold();
    await stage.up(2);
    expect(stage.attempts.length).toBe(2);
  });

  it('handles one end once, however often it is told of it', async () => {
    stage = new Stage();
    stage.session.hold();
    const first = await stage.up();
    let losses = 0;
    stage.session.onStep(() => void (stage.session.isWaiting && losses++));
    first.connection.emit('error', new Error('read ECONNRESET'));
    first.connection.emit('close', new Error('read ECONNRESET'));
    first.connection.emit('error', new Error('again'));
    expect([losses, first.signal.aborted]).toEqual([1, true]);
    expect(stage.session.status()).toEqual({ state: 'down', reason: 'amqp://b: read ECONNRESET' });
    await stage.up(2);
    first.connection.emit('close');
    first.connection.emit('blocked', 'low on memory');
    expect([stage.attempts.length, stage.session.status()]).toEqual([2, { state: 'up' }]);
  });

  it('gives up an attempt that takes too long, and does not use what still comes of it', async () => {
    stage = new Stage({ connectMs: 20 });
    stage.session.hold();
    const slow = await stage.attempt(1);
    const next = await stage.attempt(2);
    expect([slow.signal.aborted, next.signal.aborted]).toEqual([true, false]);
    expect(stage.session.status().reason).toBe('no connection within 20 ms');
    slow.answer();
    next.answer();
    await stage.until(() => stage.session.isUp);
    slow.connection.emit('close');
    expect(stage.session.isUp).toBe(true);
  });

  it('waits longer with each failure in a row, up to the cap', async () => {
    stage = new Stage({ retryBaseMs: 10, retryCapMs: 80, random: () => 1 });
    stage.session.hold();
    for (let count = 1; count <= 6; count++) (await stage.attempt(count)).refuse('connect ECONNREFUSED');
    const { at: last } = await stage.attempt(7);
    const waits = [...stage.attempts.slice(1, 6).map(({ at }) => at), last].map(
      (at, i) => at - (stage.attempts[i]?.at ?? 0),
    );
    // A timer may fire a millisecond early by this clock.
    [20, 40, 80, 80, 80, 80].forEach((least, i) => expect(waits[i]).toBeGreaterThan(least - 2));
  });

  it('waits no shorter for a connection that comes and goes', async () => {
    stage = new Stage({ retryBaseMs: 10, retryCapMs: 80, random: () => 1 });
    stage.session.hold();
    const lostAt: number[] = [];
    for (let count = 1; count <= 4; count++) {
      const { connection } = await stage.up(count);
      connection.emit('close');
      lostAt.push(performance.now());
    }
    await stage.attempt(5);
    const waits = stage.attempts.slice(1).map(({ at }, i) => at - (lostAt[i] ?? 0));
    [20, 40, 80, 80].forEach((least, i) => expect(waits[i]).toBeGreaterThan(least - 2));
  });

  it('starts anew with short waits once a connection has held', async () => {
    stage = new Stage({ retryBaseMs: 10, retryCapMs: 60_000, steadyMs: 0, random: () => 1 });
    stage.session.hold();
    for (let count = 1; count <= 20; count++) (await stage.up(count)).connection.emit('close');
    expect((await stage.attempt(21)).number).toBe(20);
  });

  it('says that the broker is blocked, and why, until it is not', async () => {
    stage = new Stage();
    stage.session.hold();
    const { connection } = await stage.up();
    connection.emit('blocked', 'low on memory');
    expect(stage.session.status()).toEqual({ state: 'blocked', reason: 'broker blocked: low on memory' });
    connection.emit('unblocked');
    expect(stage.session.status()).toEqual({ state: 'up' });
    stage.session.hear('overdue');
    expect(stage.session.status()).toEqual({ state: 'blocked', reason: 'the broker does not answer' });
    stage.session.hear('confirmed');
    expect(stage.session.status()).toEqual({ state: 'up' });
  });

  it.each(['connecting', 'waiting', 'up'])('ends for good from %s', async (phase) => {
    stage = new Stage({ retryBaseMs: 60_000, retryCapMs: 60_000, random: () => 1 });
    const letGo = stage.session.hold();
    const attempt = await stage.attempt(1);
    if (phase === 'waiting') attempt.refuse('connect ECONNREFUSED');
    if (phase === 'waiting') await stage.until(() => stage.session.isWaiting);
    if (phase === 'up') await stage.up();
    await stage.session.close();
    await letGo();
    stage.session.hold();
    expect([stage.attempts.length, attempt.signal.aborted, stage.session.status().reason]).toEqual([1, true, 'closed']);
  });
});
