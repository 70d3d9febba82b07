import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Push } from '../push.js';
import { createMemoryStore } from '../store/memory/memory-store.js';
import type { Store } from '../store/store.js';
import { EngineBench, type RecordingLink } from './engine.fixture.js';

const DEVICES = 300;

/** Counts the calls of what can be asked for many at once. */
function counted(store: Store, calls: Record<string, number>): Store {
  const count = <T extends object>(name: string, part: T): T =>
    new Proxy(part, {
      get(own, method: string) {
        const value = (own as Record<string, unknown>)[method];
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          calls[`${name}.${method}`] = (calls[`${name}.${method}`] ?? 0) + 1;
          return (value as (...given: unknown[]) => unknown).apply(own, given);
        };
      },
    });
  return {
    ...store,
    messages: count('messages', store.messages),
    cursors: count('cursors', store.cursors),
    presence: count('presence', store.presence),
    open: () => store.open(),
    close: () => store.close(),
  };
}

describe('devices that arrive together', () => {
  let bench: EngineBench;
  let push: Push;
  let calls: Record<string, number>;

  beforeEach(async () => {
    bench = new EngineBench();
    calls = {};
    push = await bench.engine({ store: counted(createMemoryStore({ epoch: 'e1' }), calls) });
  });
  afterEach(() => bench.close());

  async function arrive(frame: Record<string, unknown> = {}): Promise<RecordingLink[]> {
    const links = Array.from({ length: DEVICES }, () => bench.link(push));
    links.forEach((link, n) =>
      link.handler.received(JSON.stringify({ op: 'connect', token: `u${n}`, device: 'd', ...frame })),
    );
    await bench.clock.settle();
    return links;
  }

  it('cost a few calls together, not some each', async () => {
    const links = await arrive();
    expect(links.filter((link) => link.of('connected').length === 1)).toHaveLength(DEVICES);
    const rounds = Math.ceil(DEVICES / 64);
    expect(calls).toMatchObject({
      'messages.states': rounds,
      'cursors.advance': rounds,
      'presence.load': rounds,
    });
    expect(calls['messages.read']).toBeUndefined();
  });

  it('are each told of their own recalls, and of those alone', async () => {
    for (const link of await arrive()) link.handler.closed();
    await bench.clock.advance(1_000);
    const published = await bench.publish(push, { to: { users: ['u7', 'u8'] }, type: 'x' });
    const seen = await arrive();
    for (const link of seen) {
      if (link.seqs.length > 0) await link.say({ op: 'ack', s: '@me', seq: 1 });
      link.handler.closed();
    }
    const recalled = push.recall('t', published.id);
    await bench.clock.settle();
    await recalled;
    const links = await arrive();
    const told = links.flatMap((link, n) => (link.of('recall').length > 0 ? [n] : []));
    expect(told).toEqual([7, 8]);
    expect(links[7]!.of('recall')).toEqual([{ op: 'recall', s: '@me', seq: 1, id: published.id }]);
  });

  it('continue after what their earlier link signed for a moment before, though the store was not told yet', async () => {
    await arrive();
    await bench.publish(push, { to: { users: ['u1', 'u2'] }, type: 'x' });
    const first = await bench.connect(push, { token: 'u1', device: 'd' });
    await first.say({ op: 'ack', s: '@me', seq: 1 });
    const second = await bench.connect(push, { token: 'u1', device: 'd' });
    expect(second.of('connected')[0]).toMatchObject({ streams: { '@me': { from: 1 } } });
    expect(second.seqs).toEqual([]);
  });
});
