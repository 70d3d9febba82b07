import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Meters } from 'push-core';
import { ManualClock } from 'push-core/testing';
import { SqliteMedium } from '../accounts/sqlite-medium.js';
import { percentile } from './figures.js';
import { HOUR_MS, MINUTE_MS, StatStore } from './stat-store.js';
import { StatRecorder } from './stat-recorder.js';
import { Stats } from './stats.js';

const BOUNDS = [0.01, 0.1, 1];

/** Counters as the engine keeps them. */
function counters() {
  const counts = [0, 0, 0, 0];
  return {
    accepted: 0,
    sent: new Map<string, number>(),
    acked: new Map<string, number>(),
    connections: new Map<string, number>(),
    retransmits: 0,
    dropped: new Map<string, number>(),
    delivery: { bounds: BOUNDS, counts, sum: 0 },
    notifications: new Map<string, number>(),
    notificationSeconds: new Map(),
  };
}

describe('the figures', () => {
  let medium: SqliteMedium;
  let store: StatStore;
  let clock: ManualClock;
  beforeEach(async () => {
    medium = new SqliteMedium(':memory:');
    await medium.open();
    store = new StatStore(medium);
    clock = new ManualClock(Date.UTC(2026, 0, 1));
  });
  afterEach(() => medium.close());

  function node(away = () => false) {
    const meters = counters();
    const through = {
      add: (...given: Parameters<StatStore['add']>) =>
        away() ? Promise.reject(new Error('away')) : store.add(...given),
      rollUp: (...given: Parameters<StatStore['rollUp']>) => store.rollUp(...given),
    } as unknown as StatStore;
    const complaints: string[] = [];
    const recorder = new StatRecorder({
      store: through,
      meters: meters as unknown as Meters,
      clock,
      complain: (what) => complaints.push(what),
    });
    recorder.start();
    return { meters, recorder, complaints };
  }
  const stats = () => new Stats(store, BOUNDS, clock);
  /** Lets time pass, and what it sets off in the database end. */
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += MINUTE_MS) {
      await clock.advance(Math.min(MINUTE_MS, ms - passed));
      await medium.run('SELECT 1');
      await medium.run('SELECT 1');
    }
  }

  it('are a point a minute, of all nodes together', async () => {
    const [one, other] = [node(), node()];
    one.meters.connections.set('websocket', 10);
    other.meters.connections.set('sse', 4);
    await pass(MINUTE_MS);
    one.meters.accepted += 5;
    other.meters.accepted += 2;
    one.meters.acked.set('websocket', 8);
    one.meters.delivery.counts[1] = 8;
    other.meters.notifications.set('apns accepted', 3).set('apns token_invalid', 1).set('fcm transient', 9);
    other.meters.dropped.set('frames', 2);
    await pass(2 * MINUTE_MS);
    const { stepMs, points } = await stats().of('hour');
    expect(stepMs).toBe(60_000);
    expect(points.find(({ accepted }) => accepted > 0)).toMatchObject({
      accepted: 7,
      delivered: 8,
      notified: 3,
      failed: 1,
      dropped: 2,
      connections: 14,
      reasons: { 'apns token_invalid': 1, frames: 2 },
    });
    const sum = points.reduce((all, { accepted }) => all + accepted, 0);
    expect(sum).toBe(7);
  });

  it('of thirty days are hours, and minutes are kept for two', async () => {
    const { meters } = node();
    meters.connections.set('websocket', 6);
    for (let minute = 0; minute < 5 * 60; minute++) {
      meters.accepted += 1;
      await pass(MINUTE_MS);
    }
    const { points } = await stats().of('month');
    expect(points.slice(0, 4).map(({ accepted }) => accepted)).toEqual([60, 60, 60, 60]);
    expect(points[1]?.connections).toBeCloseTo(6, 0);
    const kept = await store.since(0);
    const hours = kept.filter(({ step }) => step === HOUR_MS);
    expect(hours.length).toBeGreaterThanOrEqual(2);
    expect(kept.length - hours.length).toBeLessThan(4 * 60);
    expect((await stats().of('hour')).points.length).toBeLessThanOrEqual(61);
    await store.rollUp(clock.now(), clock.now() + HOUR_MS);
    expect((await store.since(0)).filter(({ step }) => step === HOUR_MS)).toEqual([]);
  });

  it('of minutes that come late are added to their hour', async () => {
    const at = clock.now();
    const figures = { ...(await import('./figures.js')).NOTHING, accepted: 1 };
    await store.add('a', at, figures);
    await store.rollUp(at + HOUR_MS, 0);
    await store.add('b', at + MINUTE_MS, figures);
    await store.rollUp(at + HOUR_MS, 0);
    expect(await store.since(0)).toMatchObject([{ at, step: HOUR_MS, figures: { accepted: 2 } }]);
  });

  it('lose nothing at an ending, and wait while the database is away', async () => {
    let away = true;
    const { meters, recorder, complaints } = node(() => away);
    meters.accepted = 3;
    await pass(3 * MINUTE_MS);
    meters.accepted = 5;
    await pass(2 * MINUTE_MS);
    expect((await stats().of('hour')).points).toEqual([]);
    expect(complaints).toHaveLength(1);
    away = false;
    meters.accepted = 6;
    await clock.advance(5_000);
    await recorder.close();
    expect((await stats().of('hour')).points.map(({ accepted }) => accepted)).toEqual([3, 2, 1]);
  });
});

describe('a percentile', () => {
  it('is read off the slot it falls in', () => {
    expect(percentile([0, 0, 0, 0], BOUNDS, 0.5)).toBeNull();
    expect(percentile([10, 0, 0, 0], BOUNDS, 0.5)).toBe(5);
    expect(percentile([50, 40, 10, 0], BOUNDS, 0.95)).toBe(550);
    expect(percentile([1, 0, 0, 99], BOUNDS, 0.99)).toBe(1000);
  });
});
