import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { storeConformance, storeModelConformance } from 'push-core/testing';
import { postgresHarness } from './postgres-harness.fixture.js';

const runner = { describe, it, beforeEach, afterEach, expect };

describe('PostgreSQL', () => {
  storeConformance(runner, () => postgresHarness());
  storeModelConformance(runner, fc, () => postgresHarness(), 25);
});

describe('PostgreSQL without a table prefix', () => {
  storeModelConformance(runner, fc, () => postgresHarness({ tablePrefix: '' }), 2);
});
