import { describe, expect, it } from '@jest/globals';
import { createTypeOrmStore } from './index.js';

/** A new, empty database that several stores use at once. */
export interface SharedDatabase {
  readonly url: string;
  /** A statement about the store's tables, by whoever administers the database. */
  run(sql: string): Promise<readonly Record<string, unknown>[]>;
  remove(): Promise<void>;
}

export function describeOpening(product: string, make: () => Promise<SharedDatabase>): void {
  describe(`Stores that open at once on ${product}`, () => {
    it('make the tables once, with one epoch', async () => {
      const database = await make();
      const stores = Array.from({ length: 4 }, () =>
        createTypeOrmStore({ url: database.url }, { connections: 1, openTimeoutMs: 60_000 }),
      );
      try {
        await Promise.all(stores.map((store) => store.open()));
        const states = await Promise.all(stores.map((one) => one.messages.states([{ tenant: 't', stream: 'room' }])));
        expect(new Set(states.map(([state]) => state?.epoch)).size).toBe(1);
        const run = await database.run('SELECT name FROM push_migrations');
        expect(run.length).toBeGreaterThan(1);
        expect(new Set(run.map(({ name }) => name)).size).toBe(run.length);
      } finally {
        for (const store of stores) await store.close();
        await database.remove();
      }
    });
  });
}
