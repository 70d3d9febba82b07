import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AppendRequest, Place } from 'push-core';
import type { StoreHarness } from 'push-core/testing';
import type { TypeOrmStore } from '../index.js';
import { postgresHarness } from './postgres-harness.fixture.js';

const NOW = 1_760_000_000_000;
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const places = (outcome: unknown): readonly Place[] => (outcome as { places: readonly Place[] }).places;

function append(tenant: string, id: string, streams: readonly string[], data = '1'): AppendRequest {
  return {
    message: { tenant, id, type: 'x', data, to: { all: true }, options: {}, acceptedAt: NOW, expiresAt: NOW * 2 },
    targets: streams.map((stream) => ({ stream })),
    when: 'now',
  };
}

/** A statement carries 2,000 rows or 1 MiB of text at most; what is larger must not show where it was cut. */
describe('Sets larger than a statement of PostgreSQL', () => {
  let harness: StoreHarness;
  let store: TypeOrmStore;
  beforeAll(async () => {
    harness = postgresHarness({ deadlineMs: 25_000 });
    store = (await harness.create()) as TypeOrmStore;
  });
  afterAll(() => harness.destroy());

  it('are streams of one message', async () => {
    const streams = times(4501, (i) => `s${i}`);
    const [first] = await store.messages.append([append('many', 'm1', streams)]);
    const [second] = await store.messages.append([append('many', 'm2', [...streams].reverse())]);
    expect(places(first).map(({ stream, seq }) => `${stream} ${seq}`)).toEqual(streams.map((name) => `${name} 1`));
    expect(places(second).map(({ stream }) => stream)).toEqual([...streams].reverse());
    expect(new Set(places(second).map(({ seq }) => seq))).toEqual(new Set([2]));
    const asked = streams.map((stream) => ({ tenant: 'many', stream }));
    expect((await store.messages.states(asked)).every(({ head }) => head === 2)).toBe(true);
    const pages = await store.messages.read(asked.map((one) => ({ ...one, after: 1, limit: 5 })));
    expect(pages.map(({ entries }) => entries.map((one) => one.message.id).join())).toEqual(streams.map(() => 'm2'));
  });

  it('are messages into one stream, with the streams around it', async () => {
    const batch = times(4100, (i) => append('one', `m${i}`, i % 100 === 0 ? ['a', 'room', 'z'] : ['room']));
    const outcomes = await store.messages.append(batch);
    outcomes.forEach((outcome, i) => {
      const expected = i % 100 === 0 ? [i / 100 + 1, i + 1, i / 100 + 1] : [i + 1];
      expect(places(outcome).map(({ seq }) => seq)).toEqual(expected);
    });
    const [page] = await store.messages.read([{ tenant: 'one', stream: 'room', after: 0, limit: 9000 }]);
    expect(page?.entries.map(({ seq, message }) => `${seq} ${message.id}`)).toEqual(
      batch.map(({ message }, i) => `${i + 1} ${message.id}`),
    );
  });

  it('are long texts, some of them stored before', async () => {
    const long = (i: number) => JSON.stringify(`${i}"\\ü`.padEnd(60_000, 'x'));
    await store.messages.append([append('text', 'm5', ['room'], long(5)), append('text', 'm39', ['room'], long(39))]);
    const outcomes = await store.messages.append(times(40, (i) => append('text', `m${i}`, ['room'], long(i))));
    expect(outcomes.flatMap(({ kind }, i) => (kind === 'duplicate' ? [i] : []))).toEqual([5, 39]);
    const [page] = await store.messages.read([{ tenant: 'text', stream: 'room', after: 2, limit: 100 }]);
    expect(page?.entries.length).toBe(38);
    expect(page?.entries.every(({ message }) => message.data === long(Number(message.id.slice(1))))).toBe(true);
  });

  it('are keys, and users and devices asked about', async () => {
    const keyed = (id: string, i: number): AppendRequest => {
      const idempotency = { key: `k${i}`, fingerprint: 'f', keepUntil: NOW };
      return { ...append('keys', id, []), idempotency };
    };
    await store.messages.append(times(4100, (i) => keyed(`m${i}`, i)));
    const again = await store.messages.append(times(4100, (i) => keyed(`n${i}`, i)));
    expect(again).toEqual(times(4100, (i) => ({ kind: 'duplicate', id: `m${i}`, acceptedAt: NOW })));

    await store.access.revoke({ tenant: 'keys', user: 'u4000', at: 7 });
    const revoked = await store.access.revokedAt(times(4100, (i) => ({ tenant: 'keys', user: `u${i}` })));
    expect(revoked.findIndex((at) => at !== undefined)).toBe(4000);

    const device = { tenant: 'keys', user: 'u', device: 'd' };
    const moves = times(4100, (i) => ({ ...device, stream: `s${i}`, position: { epoch: 'e', seq: i + 1 } }));
    await store.cursors.advance([...moves, { ...device, stream: 's0', position: { epoch: 'e', seq: 9 } }]);
    const [cursors] = await store.cursors.load([device]);
    expect([cursors?.size, cursors?.get('s0')?.seq, cursors?.get('s4099')?.seq]).toEqual([4100, 9, 4100]);
  });
});
