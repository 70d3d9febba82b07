import { describe, expect, it } from '@jest/globals';
import type { Setting, SettingKey, SettingStore } from '../store/setting-store.js';
import { ManualClock } from '../testing/manual-clock.js';
import type { Making, TokenShelf } from './token-shelf.js';
import { createTokenShelf } from './token-shelf-stored.js';

const MINUTE = 60_000;

/** What of a SettingStore is needed, in memory. */
class Settings implements SettingStore {
  away = false;
  readonly rows = new Map<string, Setting>();

  async get(keys: readonly SettingKey[]) {
    this.check();
    return keys.map(({ tenant, name }) => this.rows.get(`${tenant} ${name}`));
  }

  async list(tenant: string, prefix: string) {
    this.check();
    return [...this.rows.values()].filter((row) => row.tenant === tenant && row.name.startsWith(prefix));
  }

  async put({ tenant, name }: SettingKey, value: string, now: number, ifVersion?: number) {
    this.check();
    const before = this.rows.get(`${tenant} ${name}`);
    if (ifVersion !== undefined && ifVersion !== (before?.version ?? 0)) return undefined;
    const row = { tenant, name, value, version: (before?.version ?? 0) + 1, updatedAt: now };
    this.rows.set(`${tenant} ${name}`, row);
    return row;
  }

  async remove({ tenant, name }: SettingKey) {
    this.check();
    return this.rows.delete(`${tenant} ${name}`);
  }

  private check(): void {
    if (this.away) throw new Error('away');
  }
}

/** Two nodes with one store. */
function stage() {
  const clock = new ManualClock();
  const store = new Settings();
  const [a, b] = [createTokenShelf({ store, clock }), createTokenShelf({ store, clock })] as [TokenShelf, TokenShelf];
  let made = 0;
  let gate: Promise<void> | undefined;
  const making: Making = {
    refreshAfterMs: 45 * MINUTE,
    atLeastMs: 20 * MINUTE,
    make: async () => {
      made++;
      const value = `v${made}`;
      await gate;
      return { value, expiresAt: clock.now() + 60 * MINUTE };
    },
  };
  const get = async (shelf: TokenShelf, how = making) => (await shelf.get('t1', 'apns.K1', how)).value;
  return { clock, store, a, b, making, get, made: () => made, hold: (on: Promise<void>) => (gate = on) };
}

it('makes one, however many ask for it, on however many nodes', async () => {
  const { a, b, get, made, clock } = stage();
  const all = Promise.all([get(a), get(b), get(a), get(b)]);
  await clock.advance(1000);
  expect(await all).toEqual(['v1', 'v1', 'v1', 'v1']);
  expect(made()).toBe(1);
});

it('keeps tenants and names apart', async () => {
  const { a, making, made } = stage();
  await a.get('t1', 'x', making);
  await a.get('t2', 'x', making);
  await a.get('t1', 'y', making);
  expect(made()).toBe(3);
});

it('renews in the background when it is old, and hands out the old one meanwhile', async () => {
  const { a, b, get, made, clock } = stage();
  await get(a);
  await clock.advance(44 * MINUTE);
  expect(await get(a)).toBe('v1');
  await clock.settle();
  expect(made()).toBe(1);
  await clock.advance(2 * MINUTE);
  expect(await get(a)).toBe('v1');
  await clock.settle();
  expect(await get(a)).toBe('v2');
  expect(await get(b)).toBe('v2');
  expect(made()).toBe(2);
});

it('waits for the one that another node is making', async () => {
  const { a, b, get, made, clock, hold } = stage();
  let open = (): void => {};
  void hold(new Promise((resolve) => (open = resolve)));
  const [one, two] = [get(a), get(b)];
  await clock.advance(5000);
  expect(made()).toBe(1);
  open();
  await clock.advance(500);
  expect([await one, await two]).toEqual(['v1', 'v1']);
});

it('takes over from a node that died while it made one', async () => {
  const { a, b, get, made, clock, hold } = stage();
  void hold(new Promise(() => {}));
  void get(a);
  await clock.settle();
  void hold(Promise.resolve());
  const waiting = get(b);
  await clock.advance(16_000);
  expect(await waiting).toBe('v2');
  expect(made()).toBe(2);
});

describe('one that the provider refused', () => {
  it('is made anew by one node, and the others take that one', async () => {
    const { a, b, making, get, made, clock } = stage();
    await get(a);
    const held = await b.get('t1', 'apns.K1', making);
    await clock.advance(21 * MINUTE);
    await a.refuse('t1', 'apns.K1', held, making);
    expect(await get(a)).toBe('v2');
    await b.refuse('t1', 'apns.K1', held, making);
    expect(await get(b)).toBe('v2');
    expect(made()).toBe(2);
  });

  it('is kept while it is too young to be replaced', async () => {
    const { a, making, get, made, clock } = stage();
    const item = await a.get('t1', 'apns.K1', making);
    await clock.advance(19 * MINUTE);
    await a.refuse('t1', 'apns.K1', item, making);
    expect(await get(a)).toBe('v1');
    expect(made()).toBe(1);
  });

  it('is replaced once: who refuses an older one than the current changes nothing', async () => {
    const { a, making, get, made, clock } = stage();
    const item = await a.get('t1', 'apns.K1', making);
    await clock.advance(21 * MINUTE);
    await a.refuse('t1', 'apns.K1', item, making);
    expect(await get(a)).toBe('v2');
    await clock.advance(21 * MINUTE);
    await a.refuse('t1', 'apns.K1', item, making);
    expect(await get(a)).toBe('v2');
    expect(made()).toBe(2);
  });
});

it('is not handed out after its end', async () => {
  const { a, get, clock } = stage();
  await get(a);
  await clock.advance(61 * MINUTE);
  expect(await get(a)).toBe('v2');
});

describe('where the store is away', () => {
  it('each node makes its own, and comes back to the common one afterwards', async () => {
    const { a, b, get, store, clock } = stage();
    store.away = true;
    expect(await get(a)).toBe('v1');
    expect(await get(b)).toBe('v2');
    expect(await get(a)).toBe('v1');
    store.away = false;
    await clock.advance(46 * MINUTE);
    await get(a);
    await get(b);
    await clock.advance(1000);
    expect(await get(a)).toBe(await get(b));
  });

  it('keeps what it has', async () => {
    const { a, get, store, clock } = stage();
    await get(a);
    store.away = true;
    await clock.advance(30 * MINUTE);
    expect(await get(a)).toBe('v1');
  });
});

it('rejects when none can be made, and tries again for the next who asks', async () => {
  const { a, b, making, get, clock } = stage();
  const failing = { ...making, make: () => Promise.reject(new Error('401')) };
  await expect(get(a, failing)).rejects.toThrow('401');
  expect(await get(b)).toBe('v1');
  await clock.settle();
});

it('keeps the old one where a renewal fails, and does not ask for another at every turn', async () => {
  const { a, making, get, clock } = stage();
  await get(a);
  await clock.advance(46 * MINUTE);
  let asked = 0;
  const failing = { ...making, make: () => (asked++, Promise.reject(new Error('503'))) };
  for (let times = 0; times < 5; times++) {
    expect(await get(a, failing)).toBe('v1');
    await clock.settle();
  }
  expect(asked).toBe(1);
  await clock.advance(31_000);
  await get(a, failing);
  await clock.settle();
  expect(asked).toBe(2);
});

it('forgets what belongs to credentials of long ago', async () => {
  const { a, making, store, clock } = stage();
  await a.get('t1', 'old', making);
  await clock.advance(49 * 60 * MINUTE);
  await a.get('t1', 'new', making);
  expect([...store.rows.keys()]).toEqual(['t1 shelf.new']);
});

it('makes another where what is stored cannot be read', async () => {
  const { a, get, store } = stage();
  await store.put({ tenant: 't1', name: 'shelf.apns.K1' }, '{"item":{"value":7}', 0);
  expect(await get(a)).toBe('v1');
});
