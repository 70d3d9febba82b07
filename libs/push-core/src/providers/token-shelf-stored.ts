import type { Clock } from '../clock/clock.js';
import type { SettingKey, SettingStore } from '../store/setting-store.js';
import { readEntry, writeEntry, type ShelfEntry } from './token-shelf-entry.js';
import type { Making, ShelfItem, TokenShelf } from './token-shelf.js';

export interface TokenShelfOptions {
  readonly store: SettingStore;
  readonly clock: Clock;
  /** Whoever makes one has this long before another may; longer than a provider takes to answer. Default 15,000 ms. */
  readonly leaseMs?: number;
  /** How often those who wait for another's look whether it is there. Default 150 ms. */
  readonly lookEveryMs?: number;
}

/** After a renewal ahead of time has failed, the next is tried no sooner; the old one is good meanwhile. */
const RENEW_PAUSE_MS = 30_000;
/** What has been over for so long belongs to credentials that are not used any more. */
const FORGOTTEN_MS = 86_400_000;
const PREFIX = 'shelf.';

/** One item as this process knows it. */
interface Place {
  item?: ShelfItem;
  /** The value that the provider refused last. */
  refused?: string;
  /** One is being obtained. */
  coming?: Promise<ShelfItem>;
  /** Elapsed time before which none is renewed ahead of its end. */
  renewAfter: number;
}

/** A TokenShelf over a SettingStore: `ifVersion` is the lease, so that one process makes and the others read. */
export function createTokenShelf(options: TokenShelfOptions): TokenShelf {
  return new StoredShelf(options);
}

class StoredShelf implements TokenShelf {
  private readonly places = new Map<string, Place>();
  private readonly store: SettingStore;
  private readonly clock: Clock;
  private readonly leaseMs: number;
  private readonly lookEveryMs: number;

  constructor({ store, clock, leaseMs = 15_000, lookEveryMs = 150 }: TokenShelfOptions) {
    this.store = store;
    this.clock = clock;
    this.leaseMs = leaseMs;
    this.lookEveryMs = lookEveryMs;
  }

  async get(tenant: string, name: string, making: Making): Promise<ShelfItem> {
    const place = this.placeOf(tenant, name);
    const { item } = place;
    if (!item || !this.usable(item, place, making)) return this.obtain(tenant, name, place, making);
    const old = this.clock.now() - item.madeAt >= making.refreshAfterMs;
    if (old && !place.coming && this.clock.elapsed() >= place.renewAfter) {
      this.obtain(tenant, name, place, making).catch(() => {
        place.renewAfter = this.clock.elapsed() + RENEW_PAUSE_MS;
      });
    }
    return item;
  }

  async refuse(tenant: string, name: string, item: ShelfItem, making: Making): Promise<void> {
    const place = this.placeOf(tenant, name);
    if (place.item && place.item.value !== item.value) return;
    if (!this.tooYoung(item, making)) place.refused = item.value;
  }

  private placeOf(tenant: string, name: string): Place {
    const key = `${tenant}\n${name}`;
    let place = this.places.get(key);
    if (!place) {
      const now = this.clock.now();
      for (const [other, { item }] of this.places) {
        if (item && item.expiresAt + FORGOTTEN_MS < now) this.places.delete(other);
      }
      this.places.set(key, (place = { renewAfter: 0 }));
    }
    return place;
  }

  private usable(item: ShelfItem, place: Place, making: Making): boolean {
    if (this.tooYoung(item, making)) return true;
    return item.value !== place.refused && this.clock.now() < item.expiresAt;
  }

  /** Nothing takes its place yet, whatever is said of it. */
  private tooYoung(item: ShelfItem, { atLeastMs = 0 }: Making): boolean {
    const age = this.clock.now() - item.madeAt;
    return age >= 0 && age < atLeastMs;
  }

  /** Callers that come while one is on its way wait for that one. */
  private obtain(tenant: string, name: string, place: Place, making: Making): Promise<ShelfItem> {
    place.coming ??= this.fetch({ tenant, name: PREFIX + name }, place, making)
      .then((item) => (place.item = item))
      .finally(() => (place.coming = undefined));
    return place.coming;
  }

  private async fetch(key: SettingKey, place: Place, making: Making): Promise<ShelfItem> {
    for (;;) {
      const found = await this.look(key);
      // The store is away: each process for itself, as long as it is.
      if (!found) return this.make(making);
      const { entry, version } = found;
      const stored = entry.item;
      const now = this.clock.now();
      const good = stored && this.usable(stored, place, making);
      if (good && now - stored.madeAt < Math.max(making.refreshAfterMs, making.atLeastMs ?? 0)) return stored;
      const lease =
        now < entry.leasedUntil
          ? 'theirs'
          : await this.lease(key, { ...entry, leasedUntil: now + this.leaseMs }, version, now);
      if (lease === 'away') return this.make(making);
      if (lease !== 'theirs') return this.makeAndStore(key, lease, stored, making);
      if (good) return stored;
      await this.pause();
    }
  }

  private async look(key: SettingKey): Promise<{ entry: ShelfEntry; version: number } | undefined> {
    try {
      const [setting] = await this.store.get([key]);
      return { entry: readEntry(setting?.value), version: setting?.version ?? 0 };
    } catch {
      return undefined;
    }
  }

  /** The version that the lease has, or whose it is. */
  private async lease(
    key: SettingKey,
    entry: ShelfEntry,
    version: number,
    now: number,
  ): Promise<number | 'theirs' | 'away'> {
    try {
      return (await this.store.put(key, writeEntry(entry), now, version))?.version ?? 'theirs';
    } catch {
      return 'away';
    }
  }

  private async makeAndStore(
    key: SettingKey,
    version: number,
    before: ShelfItem | undefined,
    making: Making,
  ): Promise<ShelfItem> {
    try {
      const item = await this.make(making);
      await this.keep(key, item, version);
      await this.sweep(key.tenant);
      return item;
    } catch (error) {
      await this.keep(key, before, version);
      throw error;
    }
  }

  private async make(making: Making): Promise<ShelfItem> {
    const madeAt = this.clock.now();
    const { value, expiresAt } = await making.make();
    return { value, madeAt, expiresAt };
  }

  /** Ends the lease. Where that fails it ends by itself. */
  private async keep(key: SettingKey, item: ShelfItem | undefined, version: number): Promise<void> {
    await this.store.put(key, writeEntry({ item, leasedUntil: 0 }), this.clock.now(), version).catch(() => undefined);
  }

  private async sweep(tenant: string): Promise<void> {
    try {
      const before = this.clock.now() - FORGOTTEN_MS;
      for (const { name, value, updatedAt } of await this.store.list(tenant, PREFIX)) {
        const over = Math.max(readEntry(value).item?.expiresAt ?? 0, updatedAt) < before;
        if (over) await this.store.remove({ tenant, name });
      }
    } catch {
      // Another will do it.
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => void this.clock.after(this.lookEveryMs, resolve));
  }
}
