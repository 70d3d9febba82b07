import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { storeConformance, storeModelConformance } from 'push-core/testing';
import { sqliteHarness } from './sqlite-harness.fixture.js';

const runner = { describe, it, beforeEach, afterEach, expect };

describe('SQLite', () => {
  storeConformance(runner, () => sqliteHarness());
  storeModelConformance(runner, fc, () => sqliteHarness(), 60);
});

describe('SQLite without a table prefix', () => {
  storeModelConformance(runner, fc, () => sqliteHarness({ tablePrefix: '' }), 5);
});
