import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { createMemoryStore } from '../../store/memory/memory-store.js';
import { storeModelConformance } from './store-model-conformance.js';

storeModelConformance(
  { describe, it, expect },
  fc,
  () => ({
    create: async () => {
      const store = createMemoryStore();
      await store.open();
      return store;
    },
    reopen: async (store) => {
      await store.close();
      await store.open();
      return store;
    },
    destroy: async () => {},
  }),
  300,
);
