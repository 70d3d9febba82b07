import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StoreHarness } from 'push-core/testing';
import { createTypeOrmStore, type TypeOrmStore, type TypeOrmStoreOptions } from '../index.js';

/** A folder of its own for the database of one test. */
export async function temporaryFolder(): Promise<{ file: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'push-sqlite-'));
  return { file: path.join(folder, 'data', 'push.db'), remove: () => rm(folder, { recursive: true, force: true }) };
}

export function sqliteHarness(options?: TypeOrmStoreOptions): StoreHarness {
  const opened: TypeOrmStore[] = [];
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const open = async () => {
    const store = createTypeOrmStore({ url: `sqlite:${folder.file}` }, options);
    opened.push(store);
    await store.open();
    return store;
  };
  return {
    create: async () => {
      folder = await temporaryFolder();
      return open();
    },
    reopen: async (store) => {
      await store.close();
      return open();
    },
    destroy: async () => {
      for (const store of opened) await store.close();
      await folder.remove();
    },
  };
}
